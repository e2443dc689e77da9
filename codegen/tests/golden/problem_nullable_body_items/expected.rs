spec.yml#/paths/~1pets/post/requestBody/content/application~1json/schema/items: a body whose items can be null is not supported: extend the generator
