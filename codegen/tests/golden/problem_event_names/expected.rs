names.toml#/events/pet.adopted: `pet::Adopted` is not a name of a variant, such as `UserCreated`
names.toml#/events/pet.born: the enum of events has another variant `Unknown`: choose another name for this one
names.toml#/events/pet.gone: nothing in the document has this key: remove the entry `pet.gone`, and describe the change in CHANGELOG.md
names.toml#/events/pet.returned: `pet.lost` has the same variant: rename one of them
names.toml#/events/pet.sold: `Self` is not a name of a variant, such as `UserCreated`
