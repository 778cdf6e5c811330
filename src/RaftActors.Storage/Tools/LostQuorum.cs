using System.Collections.Immutable;
using System.Security.Cryptography;

using RaftActors.Codec;
using RaftActors.Core;

namespace RaftActors.Storage.Tools;

/// <summary>
/// A majority of the voters is lost for ever, and the survivors are to go on without it. Worked out for each survivor by itself, from its
/// own store, with the same survivors named everywhere.
/// </summary>
/// <remarks>
/// <para>
/// Every configuration in the log, and that of the snapshot, becomes one and the same: the survivors vote. Nothing is appended and no term
/// is changed, so the survivors' logs stay logs of one group: what had the same index and term had the same content, and still has. An
/// entry of our own would need a term, and any term that the log suggests may be one in which a leader has written something else there.
/// </para>
/// <para>
/// Beside m survivors vote m-1 places of lost ones in which nobody is counted, so the first leader needs the vote of every survivor. So
/// none that has entries which the others lack can be passed over, and the first leader's term is above every term in any of their logs,
/// although a leader that is lost may have had votes which nobody remembers. Once it leads, the quorum keeper takes the places away.
/// </para>
/// <para>
/// The group's new identity follows from the old one and the voters, so survivors that were told the same agree on it without a word, and
/// those that were not, and lost ones that come back, are refused as of another group.
/// </para>
/// </remarks>
public static class LostQuorum
{
    private const int MaxQuorum = 11;

    /// <summary>What becomes of a survivor's store.</summary>
    /// <param name="owner">Whose store it is.</param>
    /// <param name="incarnation">Its life, as the store has it.</param>
    /// <param name="state">What is in the store.</param>
    /// <param name="survivors">Everybody who goes on, this one included.</param>
    /// <exception cref="StoreException">It must not be done; the message says why, and what to do.</exception>
    public static LostQuorumPlan Plan(StoreOwner owner, Incarnation incarnation, InitialState state, IEnumerable<ProcessName> survivors)
    {
        ImmutableArray<ProcessName> names = [.. survivors.Distinct().Order()];
        Demand(names.Contains(owner.Name), $"{owner.Name} is not among the members that go on. Name all survivors, itself included.");
        Demand(state.HardState.Fence is null, $"{owner} is shut out: {state.HardState.Fence}. Recover with survivors that are not.");
        var before = Latest(state)
            ?? throw new StoreException($"The store of {owner} has no configuration: it was in no group yet. There is nothing to recover.");
        var after = Begun(state) ?? Forced(before, names);
        Demand(
            after.Voters.Contains(new Member(owner.Name, incarnation)),
            $"This store of {owner.Name} has incarnation {incarnation}, and the group knows it with another store. Recover without it, and "
            + "let it join again with an empty one.");
        Demand(
            state.HardState.Group == GroupUid.None || state.HardState.Group == before.Group || state.HardState.Group == after.Group,
            $"A recovery of {owner} was begun with other members. Name the same ones again.");
        return new LostQuorumPlan(owner, before, after, With(state, after));
    }

    /// <summary>The configuration in force, as a core that starts from this sees it.</summary>
    private static Configuration? Latest(InitialState state)
    {
        var latest = state.Snapshot?.Configuration;
        foreach (var entry in state.Log)
        {
            if (entry.Payload is Payload.Reconfigure(var configuration) && !(entry.Index <= state.Snapshot?.Position.Index))
            {
                latest = configuration;
            }
        }

        return latest;
    }

    /// <summary>
    /// The log is written before the snapshot. Where a crash came between, the log has the answer, and it is not worked out again from a
    /// snapshot that may be older than what it was worked out from.
    /// </summary>
    private static Configuration? Begun(InitialState state)
    {
        if (state.Snapshot is not { } snapshot || snapshot.Configuration.Group == state.HardState.Group)
        {
            return null;
        }

        foreach (var entry in state.Log)
        {
            if (entry.Payload is Payload.Reconfigure(var configuration) && configuration.Group == state.HardState.Group)
            {
                return configuration;
            }
        }

        return null;
    }

    private static Configuration Forced(Configuration before, ImmutableArray<ProcessName> names)
    {
        ImmutableArray<Member> members = [.. names.Select(name => LifeOf(before, name))];
        Demand(
            !HasMajority(before.Voters, members) || !HasMajority(before.OldVoters, members),
            $"A majority of the voters is among these members ({before}), so nothing is lost: start them, and they elect a leader. Let "
            + "those that are gone leave the group then.");
        var lost = before.Names().Except(names).ToList();
        var voters = before.Voters.Concat(before.OldVoters).Select(voter => voter.Name).ToHashSet();
        var places = lost.OrderBy(name => voters.Contains(name) ? 0 : 1).ThenBy(name => name).Take(names.Length - 1).ToList();
        Demand(
            places.Count == names.Length - 1,
            $"{names.Length} survivors need {names.Length - 1} lost ones in whose places nobody votes, and there are {lost.Count}. Recover "
            + $"with {lost.Count + 1} of them, those whose logs go furthest ('raft log verify' shows it), and let the others join again "
            + "with empty stores.");
        var next = before with
        {
            Size = QuorumSize.For(names.Length, MaxQuorum),
            Voters = [.. members.Concat(places.Select(name => new Member(name, Incarnation.None))).Order()],
            OldVoters = [],
            Learners = [],
        };
        return next with { Group = IdentityOf(next) };
    }

    /// <summary>The member of this name; of several lives of it the one that votes.</summary>
    private static Member LifeOf(Configuration before, ProcessName name)
    {
        foreach (var member in before.Voters.Concat(before.OldVoters).Concat(before.Learners))
        {
            if (member.Name == name && member.Incarnation != Incarnation.None)
            {
                return member;
            }
        }

        throw new StoreException(
            before.HasName(name)
                ? $"{name} never came to the group, so it cannot go on with it. Recover without it, and let it join."
                : $"{name} is not in the latest configuration that this store knows ({before}). Name members of it.");
    }

    private static bool HasMajority(ImmutableArray<Member> voters, ImmutableArray<Member> members) =>
        voters.IsEmpty || voters.Count(members.Contains) >= QuorumSize.MajorityOf(voters.Length);

    /// <param name="next">Still with the identity of the group before.</param>
    private static GroupUid IdentityOf(Configuration next)
    {
        var writer = new ByteWriter();
        writer.Text("recover");
        writer.Identity(next.Group.Value);
        writer.List(next.Voters, writer.Member);
        return new GroupUid(new Guid(SHA256.HashData(writer.ToArray()).AsSpan(0, 16)));
    }

    /// <summary>
    /// Term and vote stay as they were: they are promises. What was recorded of lost ones goes, so that one that comes with an empty store
    /// is met as somebody new.
    /// </summary>
    private static InitialState With(InitialState state, Configuration after)
    {
        var entries = state.Log.Span.ToArray();
        foreach (ref var entry in entries.AsSpan())
        {
            entry = entry.Payload is Payload.Reconfigure ? entry with { Payload = new Payload.Reconfigure(after) } : entry;
        }

        return state with
        {
            HardState = state.HardState with
            {
                Group = after.Group,
                IsAdmitted = true,
                Recorded = [.. state.HardState.Recorded.Where(record => after.Voters.Contains(record.Member))],
            },
            Log = new LogSlice(entries),
            Snapshot = state.Snapshot is { } snapshot ? snapshot with { Configuration = after } : null,
        };
    }

    private static void Demand(bool holds, string why)
    {
        if (!holds)
        {
            throw new StoreException(why);
        }
    }
}

/// <summary>What a recovery makes of one survivor's store.</summary>
/// <param name="Before">The configuration in force until now.</param>
/// <param name="After">The one that takes its place, everywhere in the log.</param>
/// <param name="State">What the store is to hold.</param>
public sealed record LostQuorumPlan(StoreOwner Owner, Configuration Before, Configuration After, InitialState State)
{
    /// <summary>Those who go on.</summary>
    public IEnumerable<Member> Survivors => After.Voters.Where(voter => voter.Incarnation != Incarnation.None);

    /// <summary>Those who do not.</summary>
    public IEnumerable<ProcessName> Lost => Before.Names().Except(Survivors.Select(member => member.Name));

    /// <summary>Which the other survivors' ends are to be compared with.</summary>
    public LogEnd End => LogEnd.Of(State.Base, State.Log, State.Snapshot);
}
