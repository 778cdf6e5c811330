namespace KeyValueTrials.Load;

/// <summary>The header Raft-Session as a client keeps it: the last serial of each group that it has seen.</summary>
internal sealed class Session(ImmutableSortedDictionary<string, long> serials)
{
    private const string Header = "Raft-Session";

    public static Session Empty { get; } = new(ImmutableSortedDictionary<string, long>.Empty);

    /// <summary>The groups that it names.</summary>
    public IEnumerable<string> Groups => serials.Keys;

    /// <summary>The session of an answer. Null: it has none.</summary>
    public static Session? Of(HttpResponseMessage answer) => answer.Headers.TryGetValues(Header, out var values)
        ? new(values.Single().Split(',').Select(part => part.Split('='))
            .ToImmutableSortedDictionary(part => part[0], part => long.Parse(part[1], CultureInfo.InvariantCulture)))
        : null;

    public void AddTo(HttpRequestMessage request)
    {
        if (serials.Count > 0)
        {
            request.Headers.Add(Header, string.Join(',', serials.Select(each => $"{each.Key}={each.Value}")));
        }
    }

    /// <summary>The serial of a group; 0: not seen.</summary>
    public long this[string group] => serials.GetValueOrDefault(group);

    /// <summary>The later of the two, group by group.</summary>
    public Session With(Session other) => new(
        other.Groups.Aggregate(serials, (sum, group) => sum.SetItem(group, Math.Max(sum.GetValueOrDefault(group), other[group]))));
}
