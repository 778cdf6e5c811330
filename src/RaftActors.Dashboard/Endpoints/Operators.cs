using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace RaftActors.Dashboard.Endpoints;

/// <summary>Tells which requests may change groups. Without a policy none may.</summary>
internal sealed class Operators(string? policy)
{
    /// <exception cref="InvalidOperationException">The application has no such policy.</exception>
    public async Task<bool> AllowAsync(HttpContext http)
    {
        if (policy is null)
        {
            return false;
        }

        var provider = http.RequestServices.GetService<IAuthorizationPolicyProvider>();
        var found = provider is null ? null : await provider.GetPolicyAsync(policy);
        if (found is null)
        {
            throw new InvalidOperationException(
                $"RaftDashboardOptions.OperatorPolicy is '{policy}', and the application has no such policy. Add it in AddAuthorization.");
        }

        // Does what the middleware of ASP.NET Core does, so that a policy may name its own schemes.
        var evaluator = http.RequestServices.GetRequiredService<IPolicyEvaluator>();
        var authenticated = await evaluator.AuthenticateAsync(found, http);
        return (await evaluator.AuthorizeAsync(found, authenticated, http, resource: http)).Succeeded;
    }
}
