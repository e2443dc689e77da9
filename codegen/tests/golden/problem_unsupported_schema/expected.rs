spec.yml#/components/schemas/Pet/properties/a: this kind of schema is not supported: `not` excludes a schema, which no Rust type can express; describe it differently in an overlay
spec.yml#/components/schemas/Pet/properties/b/oneOf/0: `allOf` is supported only if each part is an object: describe it differently in an overlay
spec.yml#/components/schemas/Pet/properties/b/oneOf/0: a union is supported only if each member is an object with properties: describe it differently in an overlay
spec.yml#/components/schemas/Pet/properties/c: this kind of schema is not supported: it mixes a type with `oneOf`, `allOf` or `anyOf`; describe it differently in an overlay
