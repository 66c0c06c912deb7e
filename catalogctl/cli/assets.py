"""The asset store that a project names."""

from __future__ import annotations

from datetime import timedelta

from catalogctl.config.extras import missing
from catalogctl.config.places import asset_folder
from catalogctl.config.project import Project
from catalogctl.engine.publish import AssetStore, BucketStore, DirectoryStore
from catalogctl.model.diagnostics import CatalogError, error


def open_asset_store(project: Project) -> AssetStore | None:
    """Give the place where local files are put for stores to fetch; `None` when the project names none.

    Raises:  CatalogError when it needs an extra that is not installed, or cannot be opened.
    """
    settings = project.assets
    if settings is None:
        return None
    if settings.type == "directory":
        assert settings.base_url is not None, "the project file is refused without it"
        return DirectoryStore(asset_folder(project, settings), settings.base_url)
    absent = missing(project)
    if absent:
        raise CatalogError(*absent)
    from obstore.exceptions import BaseError
    from obstore.store import AzureStore, GCSStore, S3Store

    kinds: dict[str, type[S3Store | GCSStore | AzureStore]] = {"s3": S3Store, "gcs": GCSStore, "azure": AzureStore}
    try:
        # A few tries within seconds: an apply waits for this.
        bucket = kinds[settings.type].from_url(settings.url, retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)})
    except (BaseError, ValueError) as problem:
        detail = f"{settings.url} could not be opened: {str(problem).splitlines()[0].rstrip('.')}."
        raise CatalogError(error("asset-store-unusable", "The asset store cannot be used", detail)) from problem
    sign_for = None if settings.sign_for is None else timedelta(seconds=settings.sign_for)
    return BucketStore(bucket, settings.base_url, sign_for)
