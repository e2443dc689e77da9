names.toml#/operations/GetOther: nothing in the document has this key: remove the entry `GetOther`, and describe the change in CHANGELOG.md
names.toml#/types/Pet~1other: `Part` is also the name of /components/schemas/Pet/properties/one, which has a different shape: rename one of them
