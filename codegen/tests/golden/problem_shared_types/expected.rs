events.yml#/components/schemas/Pet: `Pet` cannot be the same type as in spec.yml: one is an object, the other an enum or a union; correct one of the documents with an overlay, or give the types different names in names.toml
events.yml#/x-webhooks/pet.lost: the event has no member `data`: add it with an overlay
events.yml#/x-webhooks/pet.seen: this is not an event with a `post` request: missing field `post`; describe it with an overlay
