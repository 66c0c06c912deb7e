"""Tags of languages: BCP 47, of which stores take the two-letter codes of ISO 639-1.

The codes are written out: every command needs them, and pycountry takes 50 ms to load its 7,900 languages. A test compares them with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_CODES: Final = """
    aar=aa abk=ab ave=ae afr=af aka=ak amh=am arg=an ara=ar asm=as ava=av aym=ay aze=az bak=ba bel=be bul=bg bis=bi bam=bm ben=bn bod=bo
    bre=br bos=bs cat=ca che=ce cha=ch cos=co cre=cr ces=cs chu=cu chv=cv cym=cy dan=da deu=de div=dv dzo=dz ewe=ee ell=el eng=en epo=eo
    spa=es est=et eus=eu fas=fa ful=ff fin=fi fij=fj fao=fo fra=fr fry=fy gle=ga gla=gd glg=gl grn=gn guj=gu glv=gv hau=ha heb=he hin=hi
    hmo=ho hrv=hr hat=ht hun=hu hye=hy her=hz ina=ia ind=id ile=ie ibo=ig iii=ii ipk=ik ido=io isl=is ita=it iku=iu jpn=ja jav=jv kat=ka
    kon=kg kik=ki kua=kj kaz=kk kal=kl khm=km kan=kn kor=ko kau=kr kas=ks kur=ku kom=kv cor=kw kir=ky lat=la ltz=lb lug=lg lim=li lin=ln
    lao=lo lit=lt lub=lu lav=lv mlg=mg mah=mh mri=mi mkd=mk mal=ml mon=mn mar=mr msa=ms mlt=mt mya=my nau=na nob=nb nde=nd nep=ne ndo=ng
    nld=nl nno=nn nor=no nbl=nr nav=nv nya=ny oci=oc oji=oj orm=om ori=or oss=os pan=pa pli=pi pol=pl pus=ps por=pt que=qu roh=rm run=rn
    ron=ro rus=ru kin=rw san=sa srd=sc snd=sd sme=se sag=sg hbs=sh sin=si slk=sk slv=sl smo=sm sna=sn som=so sqi=sq srp=sr ssw=ss sot=st
    sun=su swe=sv swa=sw tam=ta tel=te tgk=tg tha=th tir=ti tuk=tk tgl=tl tsn=tn ton=to tur=tr tso=ts tat=tt twi=tw tah=ty uig=ug ukr=uk
    urd=ur uzb=uz ven=ve vie=vi vol=vo wln=wa wol=wo xho=xh yid=yi yor=yo zha=za zho=zh zul=zu
"""
_OLDER: Final = """
    tib=bo cze=cs wel=cy ger=de gre=el baq=eu per=fa fre=fr arm=hy ice=is geo=ka mao=mi mac=mk may=ms bur=my dut=nl rum=ro slo=sk alb=sq
    chi=zh iw=he in=id ji=yi
"""


def _pairs(text: str) -> Mapping[str, str]:
    return MappingProxyType({code: two for code, _, two in (pair.partition("=") for pair in text.split())})


THREE_LETTERS: Final = _pairs(_CODES)
"""Code of ISO 639-3 → the code of ISO 639-1 that BCP 47 has for the language."""
TWO_LETTERS: Final = tuple(sorted(THREE_LETTERS.values()))
"""The codes of ISO 639-1, in order."""
_SHORTER: Final = MappingProxyType({**THREE_LETTERS, **_pairs(_OLDER)})
"""The same, with the bibliographic codes of ISO 639-2 and the codes that were withdrawn."""

TAG_PATTERN: Final = "[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
"""A tag in its canonical form: language, script, region, variants."""
_TAG: Final = re.compile(TAG_PATTERN, re.ASCII)


def canonical_tag(text: str) -> str | None:
    """Return the canonical form of a tag: `pt-BR` for `PT_br`, `en` for `eng`; `None` for what has not the form of one."""
    language, *subtags = text.strip().lower().replace("_", "-").split("-")
    written = [_SHORTER.get(language, language)]
    for subtag in subtags:
        if len(written) == 1 and len(subtag) == 4 and subtag.isalpha():
            written.append(subtag.title())
        else:
            written.append(subtag.upper() if len(subtag) == 2 else subtag)
    tag = "-".join(written)
    return tag if _TAG.fullmatch(tag) and (len(written[0]) != 2 or written[0] in TWO_LETTERS) else None


def two_letters(tag: str | None) -> str | None:
    """Return the ISO 639-1 code of a tag's language, without script, region and variants; `None` where it has none."""
    language = (tag or "").partition("-")[0]
    return language if language in TWO_LETTERS else None


def same_language(there: str, wanted: str) -> bool:
    """Return whether what a store shows is a language as it was sent, or that language with more said of it: `pt-BR` for `pt`."""
    had, want = ((canonical_tag(text) or text.strip()).casefold() for text in (there, wanted))
    return had == want or had.startswith(f"{want}-")
