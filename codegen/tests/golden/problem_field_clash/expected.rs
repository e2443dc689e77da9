spec.yml#/components/schemas/Pet: `petName` and `pet_name` are both named `pet_name` in Rust: remove one with an overlay
