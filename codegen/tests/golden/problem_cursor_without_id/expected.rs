spec.yml#/paths/~1fish/get: `starting_after` takes the `id` of an item, but the items have no such text: teach the generator
