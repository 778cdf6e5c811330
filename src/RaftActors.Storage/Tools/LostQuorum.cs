using System.Collections.Immutable;
using System.Security.Cryptography;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Storage.Tools;

/// <summary>
/// Plans the recovery of a group that has lost a majority of its voters for ever. Each survivor's plan is made from its own store
/// alone, with the same list of survivors.
/// </summary>
/// <remarks>
/// <para>
/// Every configuration in the log and in the snapshot becomes the same one, in which the survivors vote. The plan appends no entry and
/// changes no term. So the logs of the survivors still match: entries with the same index and term have the same content. An appended
/// entry would need a term, and a lost leader may have written another entry in any term that the log suggests.
/// </para>
/// <para>
/// Beside m survivors, m-1 lost processes stay voters, whose votes can never arrive. So the first leader needs the vote of every survivor.
/// Therefore no survivor with more entries is passed over, and the first leader's term is above every term in their logs. This holds
/// although a lost leader may have had votes that no survivor remembers. Later the quorum keeper removes the lost voters.
/// </para>
/// <para>
/// The new group uuid is computed from the old one and the voters. So survivors with the same list agree on it without messages.
/// Survivors with another list, and lost processes that return, are refused as members of another group.
/// </para>
/// </remarks>
internal static class LostQuorum
{
    /// <summary>Plans the new contents of a survivor's store.</summary>
    /// <param name="owner">The process that has the store.</param>
    /// <param name="incarnation">Its incarnation in the store.</param>
    /// <param name="state">The contents of the store.</param>
    /// <param name="survivors">The names of all survivors, this process included.</param>
    /// <exception cref="StoreException">The recovery is unsafe. The message has the reason and the remedy.</exception>
    public static LostQuorumPlan Plan(StoreOwner owner, Incarnation incarnation, InitialState state, IEnumerable<ProcessName> survivors)
    {
        ImmutableArray<ProcessName> names = [.. survivors.Distinct().Order()];
        Demand(names.Contains(owner.Name), $"{owner.Name} is not among the survivors. Name it too.");
        Demand(state.HardState.Fence is null, $"{owner} is fenced: {state.HardState.Fence}. Recover with survivors that are not fenced.");
        var before = Latest(state)
            ?? throw new StoreException($"The store of {owner} has no configuration: it was never in a group. Do not recover it.");
        var after = Begun(state) ?? Forced(before, names);
        Demand(
            after.Voters.Contains(new Member(owner.Name, incarnation)),
            $"This store of {owner.Name} has incarnation {incarnation}, and the group knows another incarnation. Recover without it, and "
            + "let it join again with an empty store.");
        Demand(
            state.HardState.Group == GroupUid.None || state.HardState.Group == before.Group || state.HardState.Group == after.Group,
            $"A recovery of {owner} was begun with other survivors. Name the same ones again.");
        return new LostQuorumPlan(owner, before, after, With(state, after));
    }

    /// <summary>Plans the new contents of a store whose survivors are the members on some nodes.</summary>
    /// <param name="nodes">The nodes that survive.</param>
    /// <returns>Null if a majority of the voters is on these nodes, or the group was never founded, so there is nothing to
    /// recover.</returns>
    /// <exception cref="StoreException">The recovery is unsafe. The message has the reason and the remedy.</exception>
    public static LostQuorumPlan? PlanFor(StoreOwner owner, Incarnation incarnation, InitialState state, IReadOnlyList<string> nodes)
    {
        if (Latest(state) is not { } before)
        {
            return null;
        }

        ImmutableArray<Member> members =
            [.. before.Everybody().Where(member => member.Incarnation != Incarnation.None && nodes.Contains(member.Name.Node))];
        return Begun(state) is null && HasMajority(before.Voters, members) && HasMajority(before.OldVoters, members)
            ? null
            : Plan(owner, incarnation, state, members.Select(member => member.Name));
    }

    /// <summary>Returns the configuration in force, the last one in log and snapshot, or null.</summary>
    private static Configuration? Latest(InitialState state) =>
        state.Log.LastOrDefault(entry => entry.Configuration is not null && !(entry.Index <= state.Snapshot?.Position.Index)).Configuration
            ?? state.Snapshot?.Configuration;

    /// <summary>
    /// Returns the configuration of a recovery that crashed between the log and the snapshot, or null. The log is written first, so its
    /// configuration counts. A new plan might be made from an older snapshot, and differ.
    /// </summary>
    private static Configuration? Begun(InitialState state) =>
        state.Snapshot is { } snapshot && snapshot.Configuration.Group != state.HardState.Group
            ? state.Log.FirstOrDefault(entry => entry.Configuration?.Group == state.HardState.Group).Configuration
            : null;

    private static Configuration Forced(Configuration before, ImmutableArray<ProcessName> names)
    {
        ImmutableArray<Member> members = [.. names.Select(name => MemberOf(before, name))];
        Demand(
            !HasMajority(before.Voters, members) || !HasMajority(before.OldVoters, members),
            $"A majority of the voters survives ({before}), so no recovery is needed. Start the survivors: they elect a leader. Then let "
            + "the lost processes leave the group.");
        var lost = before.Names().Except(names).ToList();
        var voters = before.Voters.Concat(before.OldVoters).Select(voter => voter.Name).ToHashSet();
        var places = lost.OrderBy(name => voters.Contains(name) ? 0 : 1).ThenBy(name => name).Take(names.Length - 1).ToList();
        Demand(
            places.Count == names.Length - 1,
            $"{names.Length} survivors need {names.Length - 1} lost processes, and the group has lost {lost.Count}. Recover with the "
            + $"{lost.Count + 1} survivors whose logs end last ('raft log verify' shows it). Let the others join again with empty stores.");
        var next = before with
        {
            Size = QuorumSize.For(names.Length, before.MaxQuorum),
            Voters = [.. members.Concat(places.Select(name => new Member(name, Incarnation.None))).Order()],
            OldVoters = [],
            Learners = [],
            NonVoters = [],
        };
        return next with { Group = IdentityOf(next) };
    }

    /// <summary>Returns the member with this name: a voter, if several incarnations of the name are members.</summary>
    private static Member MemberOf(Configuration before, ProcessName name)
    {
        var found = before.Voters.Concat(before.OldVoters).Concat(before.Learners)
            .FirstOrDefault(member => member.Name == name && member.Incarnation != Incarnation.None);
        Demand(before.HasName(name), $"{name} is not in the latest configuration that this store knows ({before}). Name members of it.");
        Demand(found != default, $"{name} never joined the group, so it cannot survive it. Recover without it, and let it join.");
        return found;
    }

    private static bool HasMajority(ImmutableArray<Member> voters, ImmutableArray<Member> members) =>
        voters.IsEmpty || voters.Count(members.Contains) >= QuorumSize.MajorityOf(voters.Length);

    /// <summary>Computes the uuid of the recovered group from the new configuration, which has the old uuid.</summary>
    private static GroupUid IdentityOf(Configuration next)
    {
        var writer = new ByteWriter();
        writer.Text("recover");
        writer.Identity(next.Group.Value);
        writer.List(next.Voters, writer.Member);
        return new GroupUid(new Guid(SHA256.HashData(writer.ToArray()).AsSpan(0, 16)));
    }

    /// <summary>
    /// Puts the new configuration into a state. Term and vote stay, because they are promises. The records of lost processes are removed,
    /// so that one with an empty store is met as a new incarnation.
    /// </summary>
    private static InitialState With(InitialState state, Configuration after) => state with
    {
        HardState = state.HardState with
        {
            Group = after.Group,
            IsAdmitted = true,
            Recorded = [.. state.HardState.Recorded.Where(record => after.Voters.Contains(record.Member))],
        },
        Log = after.In(state.Log),
        Snapshot = state.Snapshot is { } snapshot ? snapshot with { Configuration = after.InPlaceOf(snapshot.Configuration) } : null,
    };

    private static void Demand(bool holds, string why)
    {
        if (!holds)
        {
            throw new StoreException(why);
        }
    }
}

/// <summary>The plan for one survivor's store.</summary>
/// <param name="Before">The configuration in force until now.</param>
/// <param name="After">The configuration that replaces all others in the log.</param>
/// <param name="State">The new contents of the store.</param>
internal sealed record LostQuorumPlan(StoreOwner Owner, Configuration Before, Configuration After, InitialState State)
{
    private IEnumerable<Member> Survivors => After.Voters.Where(voter => voter.Incarnation != Incarnation.None);

    // Its detail has the end of the log, to compare with the other survivors.
    public StoreItem ToItem()
    {
        var (survivors, end) = (Survivors.Select(member => member.Name).ToList(), LogEnd.Of(State.Base, State.Log, State.Snapshot));
        return StoreItem.OfStore(Owner) with
        {
            State = StoreItem.Recovered,
            GroupId = After.Group.Value,
            Index = end.Index.Value,
            Term = end.Term.Value,
            Serial = end.Serial.Value,
            Detail = string.Join('\n', [
                $"The group identity {Before.Group.Value:N} becomes {After.Group.Value:N}.",
                $"The voters {string.Join(' ', Before.Electorate().Select(member => member.Name))} become {string.Join(' ', survivors)}.",
                $"Lost: {string.Join(' ', Before.Names().Except(survivors))}. The log ends at {end}.",
                $"The first leader needs the votes of all {survivors.Count} survivors.",
            ]),
        };
    }
}
