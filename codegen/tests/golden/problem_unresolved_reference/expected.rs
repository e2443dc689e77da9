spec.yml#/components/schemas/Pet/properties/a: `$ref: #/components/schemas/Nowhere` resolves to nothing in this document: mend the reference or add what it names
spec.yml#/components/schemas/Pet/properties/b: `$ref: other.yml#/X` resolves to nothing in this document: mend the reference or add what it names
