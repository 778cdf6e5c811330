namespace RaftActors.Dashboard.Endpoints;

/// <summary>Finds the path of the overview, wherever the application has mapped it.</summary>
internal static class RootPath
{
    /// <param name="below">The number of segments of the request below the overview.</param>
    /// <returns>The path as in an address, without a slash at its end.</returns>
    public static string Of(HttpContext http, int below)
    {
        var path = http.Request.PathBase.Add(http.Request.Path).ToUriComponent().TrimEnd('/');
        for (; below > 0; below--)
        {
            path = path[..path.LastIndexOf('/')];
        }

        return path;
    }
}
