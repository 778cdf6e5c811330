namespace RaftActors.Coordination.Tests;

/// <summary>
/// The rules of <see cref="CoordinationState"/> in the plainest form: one list of sessions, one list of claims for each lock, one
/// dictionary of items, and all changes ever. It counts the reminders that were set, and has no bounds.
/// </summary>
internal sealed class CoordinationModel
{
    public List<Expiry> Sessions { get; } = [];

    public SortedDictionary<string, (int Permits, List<Claim> Claims)> Locks { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Item> Items { get; } = new(StringComparer.Ordinal);

    public List<Item> Changes { get; } = [];

    /// <summary>The reminders of the open sessions, and of the items with a lifetime.</summary>
    public IEnumerable<Expiry> Expiries => Sessions.Concat(Items.Values.Where(item => item.Lifetime is not null)
        .Select(item => new Expiry(item.Name, 0, _numbers[item.Name], item.Lifetime.GetValueOrDefault())));

    private readonly Dictionary<long, long> _lastClaims = [];
    private readonly Dictionary<long, Guid?> _clients = [];
    private readonly SortedSet<(long Session, long Claim)> _broken = [];
    private readonly HashSet<long> _ending = [];
    private readonly Dictionary<string, long> _numbers = [];
    private long _reminders;

    /// <summary>An answer is that of the model, which gives no reasons.</summary>
    public static bool AreEqual(Answer answer, Answer expected) => (answer, expected) switch
    {
        (Answer.Refused, Answer.Refused) => true,
        (Answer.Broken one, Answer.Broken other) => one.Claims.SequenceEqual(other.Claims),
        _ => answer == expected,
    };

    public long LastClaim(long session) => _lastClaims.GetValueOrDefault(session, -1);

    /// <summary>The client that opened the session; null: a process of the group did.</summary>
    public Guid? ClientOf(long session) => _clients.GetValueOrDefault(session);

    public Answer Apply(string name, Command command, long serial, Guid? client = null)
    {
        var answer = Change(name, command, serial, client);
        Grant(serial);
        return answer ?? (command is Command.Acquire acquire ? FindClaim(name, acquire.Session, acquire.Claim) : new Answer.Held());
    }

    /// <summary>A pair tells the reminder of this number. Without effect if it was set anew or forgotten.</summary>
    public void Expire(string reminder, long number, long serial)
    {
        if (Expiries.FirstOrDefault(each => each.Reminder == reminder && each.Number == number) is not { Number: > 0 } expiry)
        {
            return;
        }

        if (expiry.Session == 0)
        {
            Delete(expiry.Name, serial);
        }
        else
        {
            End(Sessions.IndexOf(expiry), serial);
        }

        Grant(serial);
    }

    private void Grant(long serial)
    {
        foreach (var (each, (permits, claims)) in Locks.ToArray())
        {
            foreach (var next in claims.Where(claim => claim.Token == 0).Take(permits - claims.Count(claim => claim.Token != 0)).ToArray())
            {
                claims[claims.IndexOf(next)] = next with { Token = serial };
            }

            if (claims.Count == 0)
            {
                Locks.Remove(each);
            }
        }
    }

    public Answer FindClaim(string name, long session, long claim) =>
        Sessions.All(each => each.Session != session) ? new Answer.NoSession()
        : !Locks.TryGetValue(name, out var known) ? new Answer.Held()
        : known.Claims.Find(each => each.Is(session, claim)) is not { } found ? new Answer.Held()
        : found.Token != 0 ? new Answer.Granted(found.Token)
        : new Answer.Waiting();

    public RaftClaim[] Holders(string name) => !Locks.TryGetValue(name, out var known) ? [] :
    [
        .. known.Claims.Where(claim => claim.Token != 0)
            .Select(claim => new RaftClaim(OwnerOf(claim.Session), claim.Session, claim.Name, claim.Token, claim.Text)),
    ];

    private string OwnerOf(long session) => Sessions.Single(each => each.Session == session).Name;

    // Null: as the claim stands after the grants.
    private Answer? Change(string name, Command command, long serial, Guid? client)
    {
        var item = Items.GetValueOrDefault(name);
        var session = command switch
        {
            Command.Renew renew => renew.Session,
            Command.Close close => close.Session,
            Command.Acquire acquire => acquire.Session,
            Command.Release release => release.Session,
            Command.Put put => put.Session,
            Command.Commit commit => commit.Session,
            _ => 0,
        };
        var isOwn = ClientOf(session) is null || ClientOf(session) == client;
        var place = isOwn ? Sessions.FindIndex(each => each.Session == session) : -1;
        switch (command)
        {
            case Command.Open open:
                _clients[serial] = client;
                Sessions.Add(new Expiry(name, serial, ++_reminders, open.Timeout));
                return new Answer.Done();
            case Command.Renew or Command.Close or Command.Acquire or Command.Release when place < 0:
            case Command.Put { Session: not 0 } or Command.Commit { Session: not 0 } when place < 0 || _ending.Contains(session):
            case Command.Renew or Command.Acquire when _ending.Contains(session):
                return new Answer.NoSession();
            case Command.End end when Sessions.Exists(each => each.Session == end.Session):
                _ending.Add(end.Session);
                return new Answer.Done();
            case Command.End:
                return new Answer.NoSession();
            case Command.Break named when Holders(name).Any(each => (each.Token, each.Session) == (named.Token, named.Session)):
                _broken.UnionWith(Holders(name).Where(each => (each.Token, each.Session) == (named.Token, named.Session))
                    .Select(each => (each.Session, each.Claim)));
                return new Answer.Done();
            case Command.Break:
                return new Answer.Held();
            case Command.Acquire { Claim: var claim } when !IsNext(session, claim):
                return new Answer.Refused("");
            case Command.Release { Claim: var claim } when !IsNext(session, claim):
                return new Answer.Refused("");
            case Command.Renew:
                Sessions[place] = Sessions[place] with { Number = ++_reminders };
                long[] broken = [.. _broken.Where(each => each.Session == session).Select(each => each.Claim)];
                return broken.Length > 0 ? new Answer.Broken([.. broken]) : new Answer.Done();
            case Command.Close:
                End(place, serial);
                return new Answer.Done();
            case Command.Acquire acquire:
                return Acquire(name, acquire);
            case Command.Release release:
                _broken.Remove((release.Session, release.Claim));
                _lastClaims[release.Session] = Math.Max(LastClaim(release.Session), release.Claim);
                _ = Locks.TryGetValue(name, out var known) ? known.Claims.RemoveAll(claim => claim.Is(release.Session, release.Claim)) : 0;
                return new Answer.Done();
            case Command.Put put when put.Expected is { } expected && expected != (item?.Version ?? 0):
                return new Answer.Conflict(item?.Version ?? 0);
            case Command.Put put:
                Write(new Item(name, put.Value, serial, put.Session, put.Lifetime));
                return new Answer.Done();
            case Command.Add add when long.TryParse(item?.Value ?? "0", out var number):
                Write((item ?? new Item(name, null, 0)) with { Value = $"{number + add.Delta}", Version = serial });
                return new Answer.Counted(number + add.Delta);
            case Command.Add:
                return new Answer.Refused("");
            case Command.Delete delete when item is not null && (delete.Expected is null || delete.Expected == item.Version):
                Delete(name, serial);
                return new Answer.Done();
            case Command.Commit commit:
                return Commit(commit, serial);
            default:
                return new Answer.Conflict(item?.Version ?? 0);
        }
    }

    private bool IsNext(long session, long claim) => claim >= 0 && claim <= LastClaim(session) + CoordinationState.ClaimsMax;

    private Answer? Acquire(string name, Command.Acquire acquire)
    {
        var (permits, claims) = Locks.TryGetValue(name, out var known) ? known : Locks[name] = (acquire.Permits, []);
        if (permits != acquire.Permits)
        {
            return new Answer.Refused("");
        }

        if (!claims.Exists(claim => claim.Is(acquire.Session, acquire.Claim)))
        {
            if (acquire.Claim <= LastClaim(acquire.Session))
            {
                return new Answer.Ended();
            }

            _lastClaims[acquire.Session] = acquire.Claim;
            if (!acquire.Waits && claims.Count >= permits)
            {
                return new Answer.Held();
            }

            claims.Add(new Claim(acquire.Session, acquire.Claim, acquire.Text, 0));
        }

        return null;
    }

    private void End(int place, long serial)
    {
        var session = Sessions[place].Session;
        Sessions.RemoveAt(place);
        foreach (var (_, claims) in Locks.Values)
        {
            claims.RemoveAll(claim => claim.Session == session);
        }

        foreach (var item in Items.Values.Where(item => item.Session == session).ToArray())
        {
            Delete(item.Name, serial);
        }
    }

    private Answer Commit(Command.Commit commit, long serial)
    {
        var versions = commit.Parts.ToDictionary(part => part.Name, part => Items.GetValueOrDefault(part.Name)?.Version ?? 0);
        if (commit.Parts.FirstOrDefault(part => (part.Expected ?? versions[part.Name]) != versions[part.Name]) is { Name: { } name })
        {
            return new Answer.Conflict(versions[name], name);
        }

        foreach (var part in commit.Parts)
        {
            if (part.Value is { } value)
            {
                Write(new Item(part.Name, value, serial, part.OfSession ? commit.Session : 0, part.Lifetime));
            }
            else if (part.Deletes && Items.ContainsKey(part.Name))
            {
                Delete(part.Name, serial);
            }
        }

        return new Answer.Done();
    }

    private void Write(Item item)
    {
        Items[item.Name] = item;
        _numbers[item.Name] = item.Lifetime is null ? 0 : ++_reminders;
        Changes.Add(item);
    }

    private void Delete(string name, long serial)
    {
        Items.Remove(name);
        Changes.Add(new Item(name, null, serial));
    }

    /// <summary>The reminder by which a session or an item expires.</summary>
    /// <param name="Name">The owner of the session, or the name of the item.</param>
    /// <param name="Session">The session, or 0 for an item.</param>
    /// <param name="Number">The number of the reminder.</param>
    internal readonly record struct Expiry(string Name, long Session, long Number, TimeSpan Timeout)
    {
        public string Reminder => Session == 0 ? $"item/{Name}" : $"session/{Session}";
    }

    /// <param name="Token">0: it waits.</param>
    internal sealed record Claim(long Session, long Name, string? Text, long Token)
    {
        public bool Is(long session, long name) => Session == session && Name == name;
    }
}
