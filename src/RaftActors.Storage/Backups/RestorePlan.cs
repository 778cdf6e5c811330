using System.Collections.Immutable;
using System.Security.Cryptography;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Storage.Backups;

/// <summary>
/// A new group with the content of a backup: its members and its identity. Each member makes its own plan, and all plans are equal because
/// all follow from the same id. A second restore has another id, so the two groups refuse each other's messages.
/// </summary>
internal sealed class RestorePlan
{
    /// <param name="id">The same for all members.</param>
    /// <param name="group">The name of the new group.</param>
    /// <param name="members">All members. The first ones vote.</param>
    /// <param name="maxQuorum">The largest number of voters, odd and from 3 to 11.</param>
    /// <exception cref="StoreException">There is no member.</exception>
    public RestorePlan(Guid id, string group, IEnumerable<ProcessName> members, int maxQuorum = QuorumSize.Max)
    {
        (Id, Group) = (id, group);
        if (!QuorumSize.IsMaximum(maxQuorum))
        {
            throw new StoreException($"At most {maxQuorum} voters are wanted; the number must be odd and from 3 to {QuorumSize.Max}.");
        }

        ImmutableArray<ProcessName> names = [.. members.Distinct()];
        if (names.IsEmpty)
        {
            throw new StoreException("A restored group needs members. Name all of them.");
        }

        var size = QuorumSize.For(names.Length, maxQuorum);
        Configuration = new Configuration(
            new GroupUid(IdentityOf("group")),
            size,
            [.. names.Take(size).Select(MemberOf).Order()],
            [],
            [.. names.Skip(size).Select(MemberOf).Order()],
            [])
        {
            MaxQuorum = maxQuorum,
        };
    }

    public Guid Id { get; }

    public string Group { get; }

    public Configuration Configuration { get; }

    public Member MemberOf(ProcessName name) => new(name, new Incarnation(IdentityOf(name.Value)));

    /// <summary>Mints the identities of the directory in which a member's store is made.</summary>
    public Func<Guid> IdentitiesOf(ProcessName name) => () => MemberOf(name).Incarnation.Value;

    private Guid IdentityOf(string what)
    {
        var writer = new ByteWriter();
        writer.Text("restore");
        writer.Identity(Id);
        writer.Text(Group);
        writer.Text(what);
        return new Guid(SHA256.HashData(writer.Written).AsSpan(0, 16));
    }
}
