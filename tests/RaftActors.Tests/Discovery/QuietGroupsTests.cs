namespace RaftActors.Tests.Discovery;

public sealed class QuietGroupsTests : TestKit
{
    private static readonly Address One = new("akka.tcp", "raft", "node1", 2551);
    private static readonly Address Two = new("akka.tcp", "raft", "node2", 2551);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(1);

    // The beat of a node that leads no group in quiescence.
    private static readonly WireMessage.NodeBeat Nothing = new([.. new ulong[WireMessage.NodeBeat.Parts]]);

    private readonly QuietGroups _here = new();
    private readonly QuietGroups _there = new();
    private readonly TestProbe _engine;

    // The parts that this node asked for, if the other one has nothing to send beats for.
    private uint _asked;

    public QuietGroupsTests() => _engine = CreateTestProbe("engine");

    [Fact]
    public void One_beat_stands_for_all_groups_of_two_nodes()
    {
        Follow(groups: 100);

        Assert.Equal(Two, Assert.Single(_here.OnTime(Interval)).To);
    }

    [Fact]
    public void No_beat_is_sent_without_quiescent_processes()
    {
        Follow(groups: 1);
        _here.Remove("group0", new ProcessName("raft1@node1"));

        Assert.Empty(_here.OnTime(Interval));
        Assert.Null(_here.Interval);
    }

    [Fact]
    public void Silent_node_wakes_the_processes_that_depend_on_it()
    {
        Follow(groups: 2);

        _ = _here.OnTime(SilenceMax - Interval).ToList();
        _engine.ExpectNoMsg(TimeSpan.Zero);
        _ = _here.OnTime(SilenceMax).ToList();

        _engine.ExpectMsg(new PeerNews.Silent(new ProcessName("raft2@node2")));
        _engine.ExpectMsg(new PeerNews.Silent(new ProcessName("raft2@node2")));
        _engine.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Processes_are_woken_only_if_their_own_node_was_not_suspended_before()
    {
        Follow(groups: 1);
        _ = _here.OnTime(TimeSpan.Zero).ToList();

        _ = _here.OnTime(10 * SilenceMax).ToList();
        _engine.ExpectNoMsg(TimeSpan.Zero);
        _ = _here.OnTime((10 * SilenceMax) + Interval).ToList();

        _engine.ExpectMsg<PeerNews.Silent>();
    }

    [Fact]
    public void Group_that_its_leader_left_wakes_its_follower_and_no_other()
    {
        Follow(groups: 100);
        Lead(groups: 100);
        BeatFor(20);
        _there.Remove("group7", new ProcessName("raft2@node2"));

        BeatFor(3, from: 20);
        _engine.ExpectNoMsg(TimeSpan.Zero);
        BeatFor(3, from: 23);

        _engine.ExpectMsg<PeerNews.LeadsNoMore>();
        _engine.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Groups_are_listed_once_for_each_question()
    {
        Follow(groups: 100);
        Lead(groups: 100);
        _there.OnBeat(One, Nothing with { Asked = 1 }, Interval);

        var first = Assert.Single(_there.OnTime(Interval)).Beat;

        Assert.Equal((1U, true), (first.ListedOf, first.Listed.All(digest => digest % WireMessage.NodeBeat.Parts == 0)));
        Assert.Equal(first.Led[0], first.Listed.Aggregate(0UL, (sum, digest) => sum ^ digest));
        Assert.Equal(0U, Assert.Single(_there.OnTime(2 * Interval)).Beat.ListedOf);
    }

    [Fact]
    public void Long_lists_are_spread_over_several_beats()
    {
        Lead(groups: 6000);
        _there.OnBeat(One, Nothing with { Asked = uint.MaxValue }, Interval);

        List<WireMessage.NodeBeat> beats = [];
        for (var i = 1; i <= 5; i++)
        {
            beats.AddRange(_there.OnTime(i * Interval).Select(beat => beat.Beat));
        }

        Assert.All(beats, beat => Assert.InRange(beat.Listed.Length, 0, 5000));
        Assert.Equal(6000, beats.SelectMany(beat => beat.Listed).Distinct().Count());
        Assert.Equal(uint.MaxValue, beats.Aggregate(0U, (parts, beat) => parts + beat.ListedOf));
    }

    [Fact]
    public void Process_that_is_not_quiescent_any_more_is_not_woken()
    {
        Follow(groups: 1);
        Lead(groups: 1);
        _here.Remove("group0", new ProcessName("raft1@node1"));

        BeatFor(10);
        _ = _here.OnTime(10 * SilenceMax).ToList();

        _engine.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Follower_whose_leader_left_is_woken_though_other_leaders_ask_again_and_again()
    {
        var asked = CreateTestProbe("asked");
        Follow(groups: 100);
        Lead(groups: 100);
        BeatFor(20);
        for (var group = 7; group < 100; group++)
        {
            _there.Remove($"group{group}", new ProcessName("raft2@node2"));
        }

        // The leaders of groups 10 to 99 ask, so they are not quiescent. Some of these groups have the part of group 7.
        for (var beat = 20; beat < 24; beat++)
        {
            for (var group = 10; group < 100; group++)
            {
                _here.Add(Process(group, "raft1@node1", "raft2@node2", Two) with { Engine = asked }, beat * Interval);
            }

            BeatFor(1, from: beat);
        }

        for (var woken = 0; woken < 3; woken++)
        {
            _engine.ExpectMsg<PeerNews.LeadsNoMore>();
        }

        asked.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Silent_node_wakes_a_process_when_its_own_bound_of_silence_is_over()
    {
        var (young, slow, now) = (CreateTestProbe("young"), CreateTestProbe("slow"), 20 * SilenceMax);
        Follow(groups: 1);
        _here.Add(Process(1, "raft1@node1", "raft2@node2", Two) with { Engine = young }, now - Interval);
        _here.Add(Process(2, "raft1@node1", "raft2@node2", Two) with { Engine = slow, SilenceMax = 10 * SilenceMax }, TimeSpan.Zero);
        _here.OnBeat(Two, Nothing, now - SilenceMax);

        _ = _here.OnTime(now).ToList();

        _engine.ExpectMsg<PeerNews.Silent>();
        slow.ExpectNoMsg(TimeSpan.Zero);
        young.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Beats_of_other_groups_do_not_wake_a_leader()
    {
        _here.Add(Process(0, "raft1@node1", "raft2@node2", Two) with { Leader = new ProcessName("raft1@node1") }, TimeSpan.Zero);
        Lead(groups: 1000);

        BeatFor(20);

        _engine.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Differences_count_only_in_beats_that_follow_each_other()
    {
        Follow(groups: 1);
        Lead(groups: 1);
        BeatFor(20);
        _there.Remove("group0", new ProcessName("raft2@node2"));
        BeatFor(2, from: 20);
        Lead(groups: 1);
        BeatFor(1, from: 22);
        _there.Remove("group0", new ProcessName("raft2@node2"));

        BeatFor(3, from: 23);
        _engine.ExpectNoMsg(TimeSpan.Zero);
        BeatFor(1, from: 26);

        _engine.ExpectMsg<PeerNews.LeadsNoMore>();
    }

    [Fact]
    public void Follower_of_a_leader_that_is_not_quiescent_is_woken_after_three_intervals()
    {
        Follow(groups: 1);

        BeatFor(3);
        _engine.ExpectNoMsg(TimeSpan.Zero);
        BeatFor(1, from: 3);

        _engine.ExpectMsg<PeerNews.LeadsNoMore>();
    }

    [Fact]
    public void Follower_is_woken_when_its_leader_leads_in_another_term()
    {
        Follow(groups: 1);
        _there.Add(Process(0, "raft2@node2", "raft1@node1", One) with { Term = new Term(4) }, TimeSpan.Zero);

        BeatFor(20);

        _engine.ExpectMsg<PeerNews.LeadsNoMore>();
    }

    [Fact]
    public void Two_followers_of_one_group_on_one_node_do_not_hide_each_other()
    {
        Follow(groups: 1);
        _here.Add(Process(0, "raft3@node1", "raft2@node2", Two), TimeSpan.Zero);

        BeatFor(20);

        _engine.ExpectMsg<PeerNews.LeadsNoMore>();
    }

    // raft1 of each group is here. It follows raft2, which is there.
    private void Follow(int groups)
    {
        for (var group = 0; group < groups; group++)
        {
            _here.Add(Process(group, "raft1@node1", "raft2@node2", Two), TimeSpan.Zero);
        }
    }

    private void Lead(int groups)
    {
        for (var group = 0; group < groups; group++)
        {
            _there.Add(Process(group, "raft2@node2", "raft1@node1", One), TimeSpan.Zero);
        }
    }

    // The beats of both nodes, each at its time.
    private void BeatFor(int count, int from = 0)
    {
        for (var i = from + 1; i <= from + count; i++)
        {
            var beats = _there.OnTime(TimeSpan.Zero).Where(beat => beat.To.Equals(One)).Select(beat => beat.Beat);
            _here.OnBeat(Two, beats.FirstOrDefault() ?? Nothing with { ListedOf = _asked }, i * Interval);
            foreach (var (_, beat) in _here.OnTime(i * Interval))
            {
                _asked = beat.Asked;
                _there.OnBeat(One, beat, TimeSpan.Zero);
            }
        }
    }

    private QuietProcess Process(int group, string name, string other, Address node)
    {
        ImmutableArray<(ProcessName, Address)> watched = [(new ProcessName(other), node)];
        return new QuietProcess(
            $"group{group}", new ProcessName(name), _engine, new ProcessName("raft2@node2"), new Term(3), watched, Interval, SilenceMax);
    }
}
