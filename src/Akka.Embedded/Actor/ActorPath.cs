using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Akka.Actor;

/// <summary>
/// The path of an actor: the address of its system and the names from the root. Two paths are equal if address and names are equal.
/// The uid tells incarnations of one path apart and does not count in the comparison.
/// </summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    private static readonly SearchValues<char> ValidCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\"-_.*$+:@&=,!~';()");

    private string? _withoutAddress;

    internal ActorPath(Address address, ActorPath? parent, string name, long uid)
    {
        Address = address;
        ParentOrNull = parent;
        Name = name;
        Uid = uid;
        Depth = parent is null ? 0 : parent.Depth + 1;
    }

    public Address Address { get; }

    public string Name { get; }

    /// <summary>The uid of the incarnation. 0 stands for any incarnation at this path.</summary>
    public long Uid { get; }

    public int Depth { get; }

    /// <summary>The path of the parent. The root is its own parent.</summary>
    public ActorPath Parent => ParentOrNull ?? this;

    /// <summary>The names from the root. The root itself adds none.</summary>
    public IReadOnlyList<string> Elements => ElementArray();

    private protected ActorPath? ParentOrNull { get; }

    public static bool operator ==(ActorPath? left, ActorPath? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(ActorPath? left, ActorPath? right) => !(left == right);

    public static ActorPath operator /(ActorPath path, string name)
    {
        var hash = name.IndexOf('#');
        return hash < 0
            ? new ChildActorPath(path, name, 0)
            : new ChildActorPath(path, name[..hash], long.Parse(name.AsSpan(hash + 1), CultureInfo.InvariantCulture));
    }

    public static ActorPath operator /(ActorPath path, IEnumerable<string> name) =>
        name.Where(element => element.Length > 0).Aggregate(path, (parent, element) => parent / element);

    /// <summary>Returns whether the text may name an actor. A leading <c>$</c> is reserved for generated names.</summary>
    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$')
        {
            return false;
        }

        for (var i = 0; i < s.Length; i++)
        {
            var isEscape = s[i] == '%' && i + 2 < s.Length && char.IsAsciiHexDigit(s[i + 1]) && char.IsAsciiHexDigit(s[i + 2]);
            if (!isEscape && !ValidCharacters.Contains(s[i]))
            {
                return false;
            }

            i += isEscape ? 2 : 0;
        }

        return true;
    }

    /// <exception cref="UriFormatException">The text is not an absolute path.</exception>
    public static ActorPath Parse(string path) => TryParse(path, out var actorPath)
        ? actorPath
        : throw new UriFormatException($"'{path}' is not the path of an actor. Expected a form like akka://system/user/name.");

    public static bool TryParse(string path, [NotNullWhen(true)] out ActorPath? actorPath)
    {
        actorPath = null;
        return Address.TryParse(path, out var address, out ReadOnlySpan<char> rest)
            && TryParse(new RootActorPath(address), rest, out actorPath);
    }

    public static bool TryParse(ActorPath basePath, string absoluteUri, [NotNullWhen(true)] out ActorPath? actorPath) =>
        TryParse(basePath, absoluteUri.AsSpan(), out actorPath);

    /// <summary>Appends the names of a text such as <c>/user/a#uid</c> to a path.</summary>
    public static bool TryParse(ActorPath basePath, ReadOnlySpan<char> absoluteUri, [NotNullWhen(true)] out ActorPath? actorPath)
    {
        actorPath = null;
        long uid = 0;
        var hash = absoluteUri.IndexOf('#');
        if (hash >= 0 && !long.TryParse(absoluteUri[(hash + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out uid))
        {
            return false;
        }

        var path = basePath;
        var names = hash < 0 ? absoluteUri : absoluteUri[..hash];
        foreach (var range in names.Split('/'))
        {
            if (!names[range].IsEmpty)
            {
                path = new ChildActorPath(path, names[range].ToString(), 0);
            }
        }

        actorPath = path.WithUid(uid);
        return true;
    }

    public ActorPath WithUid(long uid) => uid == Uid || ParentOrNull is null ? this : new ChildActorPath(ParentOrNull, Name, uid);

    /// <summary>Returns the names without the address: <c>/user/a</c>.</summary>
    public string ToStringWithoutAddress() => _withoutAddress ??= "/" + string.Join('/', ElementArray());

    public string ToStringWithAddress() => ToStringWithAddress(Address);

    /// <summary>Returns the path with its own address if that has a host, else with the given address.</summary>
    public string ToStringWithAddress(Address address) => (Address.HasGlobalScope ? Address : address) + ToStringWithoutAddress();

    public string ToStringWithUid() => ToStringWithAddress() + UidSuffix();

    public string ToSerializationFormat() => ToStringWithUid();

    public string ToSerializationFormatWithAddress(Address address) => ToStringWithAddress(address) + UidSuffix();

    public override string ToString() => ToStringWithAddress();

    public bool Equals(ActorPath? other)
    {
        var left = this;
        var right = other;
        if (right is null || left.Depth != right.Depth)
        {
            return false;
        }

        for (; !ReferenceEquals(left, right); left = left.ParentOrNull!, right = right.ParentOrNull!)
        {
            if (left.Name != right.Name)
            {
                return false;
            }

            if (left.ParentOrNull is null)
            {
                return left.Address == right.Address;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    public override int GetHashCode() => HashCode.Combine(Name, ParentOrNull?.Name, Depth);

    /// <summary>Compares by address, then by the names from the root, ordinally.</summary>
    public int CompareTo(ActorPath? other)
    {
        var order = other is null ? 1 : Address.CompareTo(other.Address);
        return order != 0 ? order : string.CompareOrdinal(ToStringWithoutAddress(), other!.ToStringWithoutAddress());
    }

    internal string[] ElementArray()
    {
        var elements = new string[Depth];
        for (var path = this; path.ParentOrNull is not null; path = path.ParentOrNull)
        {
            elements[path.Depth - 1] = path.Name;
        }

        return elements;
    }

    private string UidSuffix() => Uid == 0 ? "" : $"#{Uid}";
}

/// <summary>The root path of an actor system.</summary>
public sealed class RootActorPath(Address address, string name = "") : ActorPath(address, null, name, 0);

/// <summary>The path of an actor below a parent.</summary>
public sealed class ChildActorPath(ActorPath parentPath, string name, long uid) : ActorPath(parentPath.Address, parentPath, name, uid);
