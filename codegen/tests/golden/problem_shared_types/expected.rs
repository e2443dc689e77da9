events.yml#/components/schemas/Pet: `Pet` is also the name of spec.yml#/components/schemas/Pet, in another module: rename one of them in names.toml
events.yml#/x-webhooks/pet.lost: the event has no member `data`: add it with an overlay
events.yml#/x-webhooks/pet.seen: this is not an event with a `post` request: missing field `post`; describe it with an overlay
