"""Sources of people and teams from directories with an API: Entra ID, Okta, Keycloak and SCIM."""
