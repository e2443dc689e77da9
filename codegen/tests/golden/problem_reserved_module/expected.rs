names.toml#/operations/GetPet: the SDK has another module `auth`: choose another name for this one
