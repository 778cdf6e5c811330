using System.Collections.Frozen;
using System.Net;

namespace RaftActors.Cli.Certificates;

/// <summary>The holder of a certificate: a server or a client.</summary>
/// <param name="Names">Its DNS names and addresses. The first one names its files.</param>
internal sealed record CertificateName(IReadOnlyList<string> Names, bool IsServer)
{
    private static readonly FrozenSet<string> Devices = new[] { "con", "prn", "aux", "nul" }
        .Concat(Enumerable.Range(0, 10).SelectMany(number => new[] { $"com{number}", $"lpt{number}" }))
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public string Name => Names[0];

    /// <summary>The name of its files without an ending. Avoids the names that Windows gives to devices, with any ending.</summary>
    public string File =>
        (Devices.Contains(Name.Split('.')[0]) ? "_" : "") + Name.Replace(':', '_').Replace('*', '_');

    /// <param name="text">One name of a client, or the names of a server, separated by commas.</param>
    /// <exception cref="UsageException">A name is malformed.</exception>
    public static CertificateName Parse(string text, bool isServer)
    {
        var names = isServer ? text.Split(',', StringSplitOptions.TrimEntries) : [text];
        foreach (var name in names)
        {
            var isAddress = IPAddress.TryParse(name, out _);
            if (isServer ? !isAddress && !IsDnsName(WithoutWildcard(name)) : isAddress || !IsDnsName(name))
            {
                throw new UsageException(isServer
                    ? $"'{name}' is neither a host name nor an address. Write it without a port: node1, node1.example.com or 10.0.0.1"
                    : $"'{name}' is not the name of a client. Use letters, digits, '-' and '.', and no address: alice");
            }
        }

        return names[0].Equals("ca", StringComparison.OrdinalIgnoreCase)
            ? throw new UsageException("'ca' is the name of the files of the CA. Use another name")
            : new CertificateName(names, isServer);
    }

    private static string WithoutWildcard(string name) => name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;

    private static bool IsDnsName(string name) => Uri.CheckHostName(name) == UriHostNameType.Dns;
}
