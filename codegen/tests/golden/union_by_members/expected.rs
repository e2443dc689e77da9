spec.yml: this is not an OpenAPI 3.0 document: invalid type: boolean `false`, expected a string
