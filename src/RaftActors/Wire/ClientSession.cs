using System.Security.Cryptography;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Settings;

namespace RaftActors.Wire;

/// <summary>
/// The secret of one client, which it sends with each Append. Its origin in the sessions of the group is a hash of the secret, so a client
/// cannot name the origin of another client or of a process: it would need a secret with that hash. Nodes tell each other the origin only.
/// The identity of the client's certificate is not part of the origin, because a running client may change it between two attempts.
/// </summary>
/// <param name="Secret">Random. Two clients never have the same.</param>
internal sealed record ClientSession(Guid Secret)
{
    private const int SecretSize = 16;

    // The same for all clients, so that no client looks like a process in a log.
    private static readonly ProcessName Name = new("client@*");

    // Most messages of a thread come from one connection, and those from one client.
    [ThreadStatic]
    private static ClientSession? _last;

    /// <summary>The origin of all Appends of this client.</summary>
    public Member Origin { get; } = OriginOf(Secret);

    /// <summary>The session of this secret.</summary>
    public static ClientSession Of(Guid secret) => _last?.Secret == secret ? _last : _last = new ClientSession(secret);

    /// <summary>The client of an origin; null: it is a process.</summary>
    public static Guid? ClientOf(Member origin) => origin.Name == Name ? origin.Incarnation.Value : null;

    public static ClientSession New() => new(Machine.Current.NewGuid());

    /// <summary>Tells the origin, because a log is no place for the secret.</summary>
    public override string ToString() => $"{Origin}";

    private static Member OriginOf(Guid secret)
    {
        var hash = SHA256.HashData((byte[])[.. "raft client "u8, .. secret.ToByteArray()]);
        return MemberCache.OfThread.Of(Name, new Incarnation(new Guid(hash.AsSpan(0, SecretSize))));
    }
}
