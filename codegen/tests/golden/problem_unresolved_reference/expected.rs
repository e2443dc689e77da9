spec.yml#/components/schemas/Pet/properties/a: `$ref: #/components/schemas/Nowhere` resolves to nothing in this document: correct the reference or add its target
spec.yml#/components/schemas/Pet/properties/b: `$ref: other.yml#/X` resolves to nothing in this document: correct the reference or add its target
