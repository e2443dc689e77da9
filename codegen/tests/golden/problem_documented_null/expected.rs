spec.yml#/components/schemas/Pet/properties/owner: its description says that it can be null, but its schema does not: add `nullable: true` with an overlay, or correct the description
