spec.yml#/components/schemas/Pet: two shapes of this union cannot be told apart: give one a constant or a member of its own with an overlay
