namespace RaftActors.Tests.Engine;

public sealed class ProcessPagesTests : TestKit
{
    private static readonly Config Defaults = ConfigurationFactory.ParseString(Bench.Settings).WithFallback(Raft.DefaultConfig());

    [Fact]
    public void Pages_have_each_process_once_and_in_order()
    {
        var all = Openings(3000);
        var pages = new ProcessPages(() => all);
        List<RaftStatus> rows = [];
        var count = 0;

        for (ProcessPlace? last = null; count == 0 || last is not null; count++)
        {
            var (page, hasMore) = pages.After(last);
            rows.AddRange(page);
            last = hasMore ? PlaceOf(page[^1]) : null;
        }

        Assert.InRange(count, 2, 20);
        Assert.Equal(all.Select(each => each.Key), rows.Select(PlaceOf));
    }

    [Fact]
    public void Page_begins_after_a_process_that_is_gone()
    {
        var all = Openings(3);
        var pages = new ProcessPages(() => all.RemoveAt(1));

        var (rows, hasMore) = pages.After(all[1].Key);

        Assert.Equal((all[2].Key, false), (PlaceOf(Assert.Single(rows)), hasMore));
        Assert.Empty(pages.After(all[2].Key).Rows);
    }

    [Fact]
    public void Long_names_of_leaders_make_the_pages_shorter()
    {
        var process = new Bench(this).Process;
        process.Status = process.Status with { Leader = new ProcessName($"{new string('l', 900)}@node2") };
        var opening = new ProcessOpening(process.Settings, () => process, failed: null);
        opening.Run();
        var place = new ProcessPlace(process.Settings.Group, process.Name);
        var pages = new ProcessPages(() => [.. Enumerable.Repeat(KeyValuePair.Create(place, opening), 100)]);

        var (rows, hasMore) = pages.After(null);

        Assert.InRange(rows.Length, 40, 60);
        Assert.True(hasMore);
    }

    [Fact]
    public void Page_has_what_the_problems_of_a_process_follow_from()
    {
        var process = new Bench(this).Process;
        process.Status = process.Status with { Reachable = [new ProcessName("raft2@node2"), new ProcessName("raft3@node3")] };
        var opening = new ProcessOpening(process.Settings, () => process, failed: null);
        opening.Run();
        var place = new ProcessPlace(process.Settings.Group, process.Name);

        var row = Assert.Single(new ProcessPages(() => [KeyValuePair.Create(place, opening)]).After(null).Rows);

        Assert.Equal(process.Status.Reachable, row.Reachable);
        Assert.Equal(opening.Describe().Problems.Select(problem => problem.Cause), row.Problems.Select(problem => problem.Cause));
    }

    [Fact]
    public void Process_with_a_name_that_is_longer_than_a_page_has_a_page_of_its_own()
    {
        var settings = new Bench(this).Process.Settings with { Group = new string('g', 70_000) };
        var opening = new ProcessOpening(settings, () => throw new InvalidOperationException(), failed: null);
        var place = new ProcessPlace(settings.Group, settings.Self);

        Assert.Single(new ProcessPages(() => [KeyValuePair.Create(place, opening)]).After(null).Rows);
    }

    // Otherwise a failed process would seem to have another list than the others, and hold the move of its shard.
    [Fact]
    public void Process_whose_store_cannot_be_opened_tells_where_its_shard_belongs()
    {
        var settings = new Bench(this).Process.Settings with { Placement = [new ProcessName("a@node2")] };
        var opening = new ProcessOpening(settings, () => throw new InvalidOperationException(), failed: null);
        Assert.Equal(settings.Placement, opening.Describe().Placement);

        opening.Run();

        Assert.Equal(ProblemKind.Failed, opening.Describe().Standing);
        Assert.Equal(settings.Placement, opening.Describe().Placement);
    }

    [Fact]
    public void Process_that_waits_to_be_added_is_no_member_and_a_founder_is_one()
    {
        var (name, other) = (new ProcessName("a@node1"), new ProcessName("b@node2"));
        RaftStatus founder = new("g", name)
        {
            IsOpen = true,
            Actor = ActorRefs.Nobody,
            Members = [new(name, isVoter: true), new(other, isVoter: true)],
        };
        var waiting = founder with { Members = [new(name, isVoter: false)] };

        Assert.Equal(ProblemKind.Founding, founder.Standing);
        Assert.Equal(ProblemKind.Waiting, waiting.Standing);
        Assert.Null((waiting with { Identity = Guid.NewGuid() }).Standing);
        Assert.Equal(ProblemKind.Fenced, (founder with { IsRemoved = true, Fence = "restored" }).Standing);
    }

    private static ProcessPlace PlaceOf(RaftStatus status) => new(status.Group, status.Name);

    private static ImmutableArray<KeyValuePair<ProcessPlace, ProcessOpening>> Openings(int count)
    {
        var read = RaftSettings.Read(Defaults, new RaftOptions<string>(), "raft1", null);
        return
        [
            .. Enumerable.Range(0, count).Select(number =>
            {
                var settings = read with { Group = $"group-{number:0000}" };
                return KeyValuePair.Create(
                    new ProcessPlace(settings.Group, settings.Self),
                    new ProcessOpening(settings, () => throw new InvalidOperationException(), failed: null));
            }),
        ];
    }
}
