spec.yml#/paths/~1pets/get/responses/200/content/application~1json/schema/items: `x-sort-field` is only for query parameters; correct the overlay
