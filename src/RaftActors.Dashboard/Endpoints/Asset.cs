using System.Security.Cryptography;

namespace RaftActors.Dashboard.Endpoints;

/// <summary>A file of this assembly. Its version is in its address, so browsers may keep it.</summary>
internal sealed class Asset
{
    private readonly byte[] _bytes;
    private readonly string _type;

    private Asset(string name, string type)
    {
        using var stream = typeof(Asset).Assembly.GetManifestResourceStream(name)!; // Justification: the project embeds it.
        _bytes = new byte[stream.Length];
        stream.ReadExactly(_bytes);
        (_type, Version) = (type, Convert.ToHexStringLower(SHA256.HashData(_bytes))[..12]);
    }

    public static Asset Css { get; } = new("dashboard.css", "text/css; charset=utf-8");

    public static Asset Script { get; } = new("dashboard.js", "text/javascript; charset=utf-8");

    public string Version { get; }

    public Task SendAsync(HttpContext http)
    {
        Headers.Add(http.Response, "public, max-age=31536000, immutable");
        http.Response.ContentType = _type;
        return http.Response.Body.WriteAsync(_bytes, http.RequestAborted).AsTask();
    }
}
