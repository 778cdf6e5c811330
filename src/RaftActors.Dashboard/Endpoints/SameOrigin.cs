using Microsoft.Net.Http.Headers;

namespace RaftActors.Dashboard.Endpoints;

/// <summary>
/// Tells whether a page of this origin sent a request. Browsers set both headers themselves, and no script can change them: Sec-Fetch-Site
/// on HTTPS and on this machine, Origin with every POST. A request without both is refused.
/// </summary>
internal static class SameOrigin
{
    public static bool Has(HttpRequest request) => (string?)request.Headers["Sec-Fetch-Site"] switch
    {
        { } site => site == "same-origin",
        null => request.Headers[HeaderNames.Origin] is [{ } origin] && Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var own)
            && Uri.Compare(from, own, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0,
    };
}
