using System.Collections.Immutable;
using System.Security.Cryptography;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Storage.Backups;

/// <summary>
/// A new group with the content of a backup: its members and its identity. Each member makes its own plan. The identity is a hash of all
/// that the plans must agree on: the id, the name, the voters, the learners, the maximum and the content. So members that were made with
/// another list or from other backups refuse each other's messages. Otherwise they could elect two leaders of one term.
/// </summary>
internal sealed class RestorePlan
{
    /// <param name="id">The same for all members.</param>
    /// <param name="content">That of the backups, with the name and the maximum of the new group.</param>
    /// <param name="members">All members. The first ones vote. Apart from that their order does not matter.</param>
    /// <exception cref="StoreException">There is no member, or the maximum is impossible.</exception>
    public RestorePlan(Guid id, RestoredContent content, IEnumerable<ProcessName> members)
    {
        (Id, Group) = (id, content.Group);
        if (!QuorumSize.IsMaximum(content.MaxQuorum))
        {
            throw new StoreException(
                $"At most {content.MaxQuorum} voters are wanted; the number must be odd and from 3 to {QuorumSize.Max}.");
        }

        ImmutableArray<ProcessName> names = [.. members.Distinct()];
        if (names.IsEmpty)
        {
            throw new StoreException("A restored group needs members. Name all of them.");
        }

        var size = QuorumSize.For(names.Length, content.MaxQuorum);
        ImmutableArray<Member> voters = [.. names.Take(size).Select(MemberOf).Order()];
        ImmutableArray<Member> learners = [.. names.Skip(size).Select(MemberOf).Order()];
        Configuration = new Configuration(
            new GroupUid(IdentityOf("group", writer => Write(writer, content, voters, learners))), size, voters, [], learners, [])
        {
            MaxQuorum = content.MaxQuorum,
        };
    }

    public Guid Id { get; }

    public string Group { get; }

    public Configuration Configuration { get; }

    public Member MemberOf(ProcessName name) => new(name, new Incarnation(IdentityOf(name.Value)));

    /// <summary>Mints the identities of the directory in which a member's store is made.</summary>
    public Func<Guid> IdentitiesOf(ProcessName name) => () => MemberOf(name).Incarnation.Value;

    private static void Write(
        ByteWriter writer, RestoredContent content, ImmutableArray<Member> voters, ImmutableArray<Member> learners)
    {
        writer.List(voters, writer.Member);
        writer.List(learners, writer.Member);
        writer.Number(content.MaxQuorum);
        writer.Identity(content.Source.Value);
        writer.Number(content.End.Index.Value);
        writer.Number(content.End.Term.Value);
        writer.Number(content.End.Serial.Value);
        writer.Hash(content.End.Hash);
    }

    private Guid IdentityOf(string what, Action<ByteWriter>? writeMore = null)
    {
        var writer = new ByteWriter();
        writer.Text("restore");
        writer.Identity(Id);
        writer.Text(Group);
        writer.Text(what);
        writeMore?.Invoke(writer);
        return new Guid(SHA256.HashData(writer.Written).AsSpan(0, 16));
    }
}

/// <summary>The content of a chain of backups.</summary>
/// <param name="Group">The name of the group.</param>
/// <param name="MaxQuorum">The largest number of voters, odd and from 3 to 11.</param>
/// <param name="Source">The group that the backups were taken from.</param>
/// <param name="End">The last entry, with the hash of all before.</param>
internal readonly record struct RestoredContent(string Group, int MaxQuorum, GroupUid Source, LogPosition End);
