overlay.yaml#/actions/0: `$.components.schemas.Gone` matches nothing: the upstream document has changed, so update or remove this action
overlay.yaml#/actions/1: `$[`: at position 1, parser error
