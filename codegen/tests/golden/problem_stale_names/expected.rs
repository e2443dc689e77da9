names.toml#/operations/GetOther: nothing in the document has this key: remove the entry `GetOther`, and describe the change in CHANGELOG.md
names.toml#/operations/GetPet: the arguments in parentheses must be the fields that the document requires: none
names.toml#/types/Gone: nothing in the document has this key: remove the entry `Gone`, and describe the change in CHANGELOG.md
