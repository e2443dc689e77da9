names.toml#/operations/GetOther: the document has nothing that this line names: remove `GetOther`, and say in CHANGELOG.md what became of it
names.toml#/operations/GetPet: the arguments in parentheses must be what the document requires: none
names.toml#/types/Gone: the document has nothing that this line names: remove `Gone`, and say in CHANGELOG.md what became of it
