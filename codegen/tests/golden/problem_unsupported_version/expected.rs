spec.yml#/openapi: this is not an OpenAPI 3.0 document (`openapi` is "3.1.0")
