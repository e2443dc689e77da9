spec.yml#/components/schemas/Pet/properties/a: this form of schema is not known: `not` excludes a schema, which no Rust type does; describe it in another way with an overlay
spec.yml#/components/schemas/Pet/properties/b/oneOf/0: `allOf` is understood only where each part is an object: describe it in another way with an overlay
spec.yml#/components/schemas/Pet/properties/b/oneOf/0: a union is understood only where each shape is an object with properties: describe it in another way with an overlay
spec.yml#/components/schemas/Pet/properties/c: this form of schema is not known: it mixes a type with `oneOf`, `allOf` or `anyOf`; describe it in another way with an overlay
