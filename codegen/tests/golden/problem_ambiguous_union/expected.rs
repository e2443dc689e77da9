spec.yml#/components/schemas/Pet: two members of this union cannot be told apart: give one of them a constant or a property of its own with an overlay
