using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Group;

/// <summary>
/// Questions whose answers would be no news yet. A pair wakes those about what it has changed, and costs nothing for all others. Not
/// thread-safe.
/// </summary>
internal sealed class WaitingQuestions
{
    private readonly Dictionary<Topic, HashSet<Waiting>> _byTopic = [];

    // A topic of these is a prefix of the names of items.
    private readonly Dictionary<Topic, HashSet<Waiting>> _byPrefix = [];

    // In the order of their times. Some may have been answered.
    private readonly Queue<Waiting> _byAge = [];

    /// <param name="since">The present time, which never goes back.</param>
    public void Add(Question question, TimeSpan since, Action<object> reply)
    {
        var waiting = new Waiting(question, question.ToTopic(), since, reply);
        var all = AllLike(waiting.Topic);
        (all.TryGetValue(waiting.Topic, out var known) ? known : all[waiting.Topic] = []).Add(waiting);

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
                if (topic.Name.StartsWith(prefix.Name, StringComparison.Ordinal))
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

    private Dictionary<Topic, HashSet<Waiting>> AllLike(Topic topic) => topic.Kind == TopicKind.Item ? _byPrefix : _byTopic;

    private void Remove(Waiting waiting)
    {
        var all = AllLike(waiting.Topic);
        if (all[waiting.Topic].Remove(waiting) && all[waiting.Topic].Count == 0)
        {
            all.Remove(waiting.Topic);
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
