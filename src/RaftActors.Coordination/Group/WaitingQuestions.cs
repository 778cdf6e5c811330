using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Group;

/// <summary>
/// Questions whose answers would be no news yet. A pair wakes those about what it has changed, and costs nothing for all others. Not
/// thread-safe.
/// </summary>
internal sealed class WaitingQuestions
{
    private readonly Dictionary<Topic, HashSet<Waiting>> _byTopic = [];
    private readonly Dictionary<string, HashSet<Waiting>> _byPrefix = new(StringComparer.Ordinal);

    // In the order of their times. Some may have been answered.
    private readonly Queue<Waiting> _byAge = [];

    /// <param name="since">The present time, which never goes back.</param>
    /// <param name="reply">Gets the answer.</param>
    public void Add(Question question, TimeSpan since, Action<object> reply)
    {
        var waiting = new Waiting(question, question.ToTopic(), since, reply);
        if (waiting.Topic.Kind == TopicKind.Item)
        {
            Add(_byPrefix, waiting.Topic.Name, waiting);
        }
        else
        {
            Add(_byTopic, waiting.Topic, waiting);
        }

        // Added last, because TakeOld finds each question of the queue by its topic.
        _byAge.Enqueue(waiting);
    }

    public List<Waiting> Take(List<Topic> touched)
    {
        List<Waiting> taken = [];
        foreach (var topic in touched)
        {
            if (topic.Kind != TopicKind.Item)
            {
                taken.AddRange(_byTopic.Remove(topic, out var asked) ? asked : []);
                continue;
            }

            // Searched one by one, because the programs that watch mostly share a few prefixes.
            foreach (var (prefix, asked) in _byPrefix)
            {
                if (topic.Name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    taken.AddRange(asked);
                    _byPrefix.Remove(prefix);
                }
            }
        }

        taken.ForEach(each => each.IsTaken = true);
        return taken;
    }

    public List<Waiting> TakeOld(TimeSpan since)
    {
        List<Waiting> taken = [];
        while (_byAge.TryPeek(out var oldest) && (oldest.IsTaken || oldest.Since <= since))
        {
            _byAge.Dequeue();
            if (!oldest.IsTaken)
            {
                oldest.IsTaken = true;
                taken.Add(oldest);
                Remove(oldest);
            }
        }

        return taken;
    }

    private static void Add<TKey>(Dictionary<TKey, HashSet<Waiting>> all, TKey key, Waiting waiting)
        where TKey : notnull => (all.TryGetValue(key, out var known) ? known : all[key] = []).Add(waiting);

    private static void Remove<TKey>(Dictionary<TKey, HashSet<Waiting>> all, TKey key, Waiting waiting)
        where TKey : notnull
    {
        if (all[key].Remove(waiting) && all[key].Count == 0)
        {
            all.Remove(key);
        }
    }

    private void Remove(Waiting waiting)
    {
        if (waiting.Topic.Kind == TopicKind.Item)
        {
            Remove(_byPrefix, waiting.Topic.Name, waiting);
        }
        else
        {
            Remove(_byTopic, waiting.Topic, waiting);
        }
    }

    internal sealed class Waiting(Question question, Topic topic, TimeSpan since, Action<object> reply)
    {
        public Question Question => question;

        public Topic Topic => topic;

        public TimeSpan Since => since;

        public Action<object> Reply => reply;

        public bool IsTaken { get; set; }
    }
}
