names.toml#/operations/GetOther: the document has nothing that this line names: remove `GetOther`, and say in CHANGELOG.md what became of it
names.toml#/types/Pet~1other: `Part` is also the name of /components/schemas/Pet/properties/one, which has another shape: give one of them another name
