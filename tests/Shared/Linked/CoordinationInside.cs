using System.Runtime.CompilerServices;

namespace RaftActors.Coordination.State;

/// <summary>Checks the invariants of the state of a coordination group, and throws if one does not hold. For tests.</summary>
internal static class CoordinationInside
{
    public static void Check(this CoordinationState state)
    {
        var (sessions, locks, items) = (SessionsOf(state), LocksOf(state), ItemsOf(state));
        foreach (var (name, each) in locks)
        {
            Check(each, name);
            foreach (var claim in each.All)
            {
                Demand(
                    sessions.TryGetValue(claim.Session, out var session) && session.Claims.Contains((name, claim.Claim)),
                    $"The claim {claim} of '{name}' belongs to no open session.");
            }
        }

        Demand(ClaimsOf(state) == locks.Values.Sum(each => each.All.Count()), "The number of claims is wrong.");
        Demand(ClaimsOf(state) == sessions.Values.Sum(each => each.Claims.Count), "A session has a claim that no lock has.");
        Check(items);
        Demand(
            ByName(items).Values.All(item => item.Session == 0 || sessions.ContainsKey(item.Session)),
            "An item belongs to a session that ended.");
    }

    private static void Check(Lock each, string name)
    {
        var (holders, waiting, claims) = (HoldersOf(each), WaitingOf(each), ClaimsOf(each));
        Demand(!each.IsEmpty, $"'{name}' is empty, and was not removed.");
        Demand(holders.Count <= each.Permits, $"'{name}' has {holders.Count} holders and {each.Permits} permits.");
        var tokens = holders.Select(claim => claim.Token).ToList();
        Demand(tokens.SequenceEqual(tokens.Order()) && tokens.All(token => token > 0), $"The tokens of '{name}' do not rise.");
        Demand(waiting.Count == 0 || !each.HasFree, $"A claim waits for '{name}', which has a free permit.");
        Demand(
            claims.Count == holders.Count + waiting.Count
                && each.All.All(claim => claims.TryGetValue((claim.Session, claim.Claim), out var node) && node.Value == claim),
            $"The claims of '{name}' are not those that hold it or wait for it.");
    }

    private static void Check(Items items)
    {
        var (byName, changes) = (ByName(items), ChangesOf(items));
        var (bytes, changeBytes) = (byName.Values.Sum(item => SizeOf(null, item)), changes.Sum(item => SizeOf(null, item)));
        Demand(BytesOf(items) == bytes && bytes <= Items.BytesMax, $"{BytesOf(items)} is not the size of the items.");
        Demand(
            ChangeBytesOf(items) == changeBytes && changeBytes <= Items.ChangeBytesMax && changes.Count <= ChangesMaxOf(items),
            $"There are {changes.Count} changes of {ChangeBytesOf(items)} bytes.");
        var ofSessions = byName.Values.Where(item => item.Session != 0).Select(item => (item.Session, item.Name)).Order();
        Demand(
            ofSessions.SequenceEqual(OfSessions(items).SelectMany(each => each.Value.Select(name => (each.Key, name))).Order()),
            "The items of the sessions are wrong.");
        var (latest, version) = (new Dictionary<string, Item>(), CompactedOf(items));
        foreach (var change in changes)
        {
            Demand(change.Version >= version, "The changes are not in the order of their serials.");
            (latest[change.Name], version) = (change, change.Version);
        }

        foreach (var change in latest.Values)
        {
            Demand(
                byName.GetValueOrDefault(change.Name) is { } item ? item == change : change.Value is null,
                $"The latest change of '{change.Name}' is not the item.");
        }
    }

    private static void Demand(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException(what);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sessions")]
    private static extern ref Dictionary<long, CoordinationState.Session> SessionsOf(CoordinationState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_locks")]
    private static extern ref Dictionary<string, Lock> LocksOf(CoordinationState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_items")]
    private static extern ref Items ItemsOf(CoordinationState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_claims")]
    private static extern ref int ClaimsOf(CoordinationState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_holders")]
    private static extern ref LinkedList<RaftClaim> HoldersOf(Lock each);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_waiting")]
    private static extern ref LinkedList<RaftClaim> WaitingOf(Lock each);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_claims")]
    private static extern ref Dictionary<(long Session, long Claim), LinkedListNode<RaftClaim>> ClaimsOf(Lock each);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_items")]
    private static extern ref Dictionary<string, Item> ByName(Items items);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ofSessions")]
    private static extern ref Dictionary<long, SortedSet<string>> OfSessions(Items items);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_changes")]
    private static extern ref Queue<Item> ChangesOf(Items items);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_bytes")]
    private static extern ref long BytesOf(Items items);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_changeBytes")]
    private static extern ref long ChangeBytesOf(Items items);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_compacted")]
    private static extern ref long CompactedOf(Items items);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<changesMax>P")]
    private static extern ref int ChangesMaxOf(Items items);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "SizeOf")]
    private static extern int SizeOf(Items? items, Item item);
}
