spec.yml#/components/schemas/Pet: the members `One` and `Other` of this union cannot be distinguished: add a constant or a unique property to one of them with an overlay
