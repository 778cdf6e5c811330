using System.Diagnostics.CodeAnalysis;

namespace Akka.Actor;

/// <summary>
/// The address of an actor system: <c>akka://system</c> within its process, <c>akka.tcp://system@host:port</c> for remoting.
/// Immutable. Host names are compared in lower case.
/// </summary>
public sealed class Address : IEquatable<Address>, IComparable<Address>
{
    private string? _text;

    public Address(string protocol, string system, string? host = null, int? port = null)
    {
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant();
        Port = port;
    }

    public string Protocol { get; }

    public string System { get; }

    public string? Host { get; }

    public int? Port { get; }

    /// <summary>Whether the address is valid only within its own process.</summary>
    public bool HasLocalScope => string.IsNullOrEmpty(Host);

    /// <summary>Whether other processes can use the address.</summary>
    public bool HasGlobalScope => !HasLocalScope;

    public static bool operator ==(Address? left, Address? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(Address? left, Address? right) => !(left == right);

    /// <exception cref="UriFormatException">The text is not an address.</exception>
    public static Address Parse(string address) => TryParse(address, out var parsed)
        ? parsed
        : throw new UriFormatException($"'{address}' is not an actor system's address. Expected a form like akka.tcp://system@host:port.");

    public static bool TryParse(string path, [NotNullWhen(true)] out Address? address) => TryParse(path.AsSpan(), out address, out _);

    public static bool TryParse(string path, [NotNullWhen(true)] out Address? address, [NotNullWhen(true)] out string? absolutUri)
    {
        var parsed = TryParse(path.AsSpan(), out address, out var rest);
        absolutUri = parsed ? rest.ToString() : null;
        return parsed;
    }

    public static bool TryParse(ReadOnlySpan<char> span, [NotNullWhen(true)] out Address? address) => TryParse(span, out address, out _);

    /// <summary>Parses an address and returns the rest as a path, which is <c>/</c> if the text ends there.</summary>
    public static bool TryParse(ReadOnlySpan<char> span, [NotNullWhen(true)] out Address? address, out ReadOnlySpan<char> absolutUri)
    {
        address = null;
        absolutUri = default;
        var schemeLength = span.IndexOf("://");
        if (schemeLength < 4 || !span.StartsWith("akka", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var authority = span[(schemeLength + 3)..];
        var slash = authority.IndexOf('/');
        absolutUri = slash < 0 ? "/" : authority[slash..];
        authority = slash < 0 ? authority : authority[..slash];
        var at = authority.IndexOf('@');
        var system = at < 0 ? authority : authority[..at];
        if (system.IsEmpty)
        {
            return false;
        }

        string? host = null;
        int? port = null;
        if (at >= 0)
        {
            // The last colon, because an IPv6 address in brackets contains colons.
            var hostPort = authority[(at + 1)..];
            var colon = hostPort.LastIndexOf(':');
            if (colon <= 0 || !ushort.TryParse(hostPort[(colon + 1)..], out var number))
            {
                return false;
            }

            host = hostPort[..colon].ToString();
            port = number;
        }

        address = new Address(span[..schemeLength].ToString().ToLowerInvariant(), system.ToString(), host, port);
        return true;
    }

    public bool Equals(Address? other) => ReferenceEquals(this, other)
        || (other is not null && Port == other.Port && Host == other.Host && System == other.System && Protocol == other.Protocol);

    public override bool Equals(object? obj) => Equals(obj as Address);

    public override int GetHashCode() => HashCode.Combine(Host, Port, System);

    /// <summary>Compares by protocol, system, host and port, ordinally. The order is the same on every machine.</summary>
    public int CompareTo(Address? other)
    {
        if (other is null)
        {
            return 1;
        }

        var order = string.CompareOrdinal(Protocol, other.Protocol);
        order = order != 0 ? order : string.CompareOrdinal(System, other.System);
        order = order != 0 ? order : string.CompareOrdinal(Host, other.Host);
        return order != 0 ? order : Nullable.Compare(Port, other.Port);
    }

    public override string ToString() => _text ??= (HasLocalScope, Port) switch
    {
        (true, _) => $"{Protocol}://{System}",
        (false, null) => $"{Protocol}://{System}@{Host}",
        (false, _) => $"{Protocol}://{System}@{Host}:{Port}",
    };
}
