using System.Security.Cryptography;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Settings;

namespace RaftActors.Wire;

/// <summary>
/// The secret of one client, which it sends with each Append. The client's origin in the sessions of the group is a hash of the secret. So
/// a client cannot use the origin of another client or of a process, because it would need a secret with that hash. Nodes tell each other
/// only the origin. The client's certificate is not part of it, because a running client may change it between two attempts.
/// </summary>
/// <param name="Secret">Random and unique.</param>
internal sealed record ClientSession(Guid Secret)
{
    private const int SecretSize = 16;

    // All clients have the same name, so that no client looks like a process in a log.
    private static readonly ProcessName Name = new("client@*");

    // Successive messages of a thread mostly come from one client.
    [ThreadStatic]
    private static ClientSession? _last;

    /// <summary>The origin of all Appends of this client.</summary>
    public Member Origin { get; } = OriginOf(Secret);

    public static ClientSession Of(Guid secret) => _last?.Secret == secret ? _last : _last = new ClientSession(secret);

    /// <summary>Returns the client of an origin, or null if it is a process.</summary>
    public static Guid? ClientOf(Member origin) => origin.Name == Name ? origin.Incarnation.Value : null;

    public static ClientSession New() => new(Machine.Current.NewGuid());

    /// <summary>Returns the origin, because the secret must not get into a log.</summary>
    public override string ToString() => $"{Origin}";

    private static Member OriginOf(Guid secret)
    {
        var hash = SHA256.HashData((byte[])[.. "raft client "u8, .. secret.ToByteArray()]);
        return MemberCache.OfThread.Of(Name, new Incarnation(new Guid(hash.AsSpan(0, SecretSize))));
    }
}
