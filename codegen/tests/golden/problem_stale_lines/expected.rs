overlay.yaml#/actions/0: `$.components.schemas.Gone` matches nothing: upstream has changed, so mend or drop this action
overlay.yaml#/actions/1: `$[`: at position 1, parser error
