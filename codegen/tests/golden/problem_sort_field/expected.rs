spec.yml#/paths/~1pets/get/parameters/order_by: `x-sort-field` is only for query parameters that are an `enum` of several strings; correct the overlay
spec.yml#/paths/~1pets/get/responses/200/content/application~1json/schema/items: `x-sort-field` is only for query parameters that are an `enum` of several strings; correct the overlay
