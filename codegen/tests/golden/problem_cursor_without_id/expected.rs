spec.yml#/paths/~1fish/get: `starting_after` takes the `id` of an item, but the items have no required string `id`: extend the generator
