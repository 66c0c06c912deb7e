"""The models of documents, the codes and names they use, and the judge that puts what is wrong into words."""
