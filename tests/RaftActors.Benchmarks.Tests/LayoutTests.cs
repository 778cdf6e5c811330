using RaftActors.Benchmarks.Layout;
using RaftActors.Cli.Plan;

namespace RaftActors.Benchmarks.Tests;

/// <summary>The plan of many groups against the Core of the product in virtual time. The seed decides everything.</summary>
public sealed class LayoutTests
{
    private const int Groups = 60;
    private const int Nodes = 8;
    private const int QuiesceTicks = 100;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly GroupLayout Layout = GroupLayout.Of(Groups, Nodes, 3, 1);
    private static readonly LayoutForecast Plan = LayoutForecast.Predict(Layout, new Workload(), 1);

    [Fact]
    public void Leaders_go_to_the_nodes_that_the_plan_names()
    {
        var run = Settled(quiesceTicks: 0);

        Assert.Equal(Layout.LeadersByNode(), run.LeadersByNode());
    }

    [Fact]
    public void Awake_groups_send_the_heartbeats_that_the_plan_names()
    {
        var run = Settled(quiesceTicks: 0);

        run.Run(Window);

        Assert.Equal(Plan.AwakeMessages * Window.TotalSeconds, run.Traffic.Messages + run.Traffic.Beats, Plan.AwakeMessages / 10);
        Assert.Equal(Plan.AwakeMessagesOfNode * Window.TotalSeconds, run.Traffic.MostOfNode, Plan.AwakeMessagesOfNode / 10);
    }

    [Fact]
    public void Quiescent_groups_send_the_heartbeats_that_the_plan_names()
    {
        var run = Settled(QuiesceTicks);
        Assert.NotNull(run.RunUntil(() => run.Quiescent == 3 * Groups, Limit));
        run.Traffic.Clear();

        run.Run(Window);

        Assert.Equal((0, 0), (run.Traffic.Messages, run.Traffic.Steps));
        Assert.Equal(Plan.QuietMessages * Window.TotalSeconds, run.Traffic.Beats, Plan.QuietMessages / 10);
        Assert.Equal(Plan.QuietMessagesOfNode * Window.TotalSeconds, run.Traffic.MostOfNode, Plan.QuietMessagesOfNode / 10);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(QuiesceTicks, true)]
    [InlineData(QuiesceTicks, false)]
    public void Groups_of_a_lost_node_elect_the_leaders_that_the_plan_names(int quiesceTicks, bool closes)
    {
        var run = Settled(quiesceTicks);
        var lost = Array.IndexOf(Layout.LeadersByNode(), Layout.LeadersByNode().Max());
        if (quiesceTicks > 0)
        {
            Assert.NotNull(run.RunUntil(() => run.Quiescent == 3 * Groups, Limit));
        }

        var led = run.Stop(lost, closes);

        Assert.Equal(Plan.Elections, led.Count);
        Assert.NotNull(run.RunUntil(() => run.HaveLeaders(led) && run.LedByPreferred == Groups, Limit));
        Assert.Equal(Layout.LeadersByNode(lost).Where((_, node) => node != lost), run.LeadersByNode());
    }

    // Each node of a quiescent group notices the silence after the shortest election timeout, at its next heartbeat.
    [Fact]
    public void Quiescent_groups_are_led_again_as_soon_as_all_their_nodes_have_noticed_the_silence()
    {
        var run = Settled(QuiesceTicks);
        Assert.NotNull(run.RunUntil(() => run.Quiescent == 3 * Groups, Limit));
        var at = run.Now;

        var led = run.Stop(Array.IndexOf(Layout.LeadersByNode(), Layout.LeadersByNode().Max()), closes: false);

        Assert.NotNull(run.RunUntil(() => run.HaveLeaders(led), Limit));
        Assert.All(run.ElectedAfter(led, at), time => Assert.InRange(time.TotalSeconds, 0.75, 1.35));
    }

    [Fact]
    public void Same_seed_gives_the_same_messages()
    {
        var (one, other) = (Settled(quiesceTicks: 0), Settled(quiesceTicks: 0));

        Assert.Equal((one.Now, one.Traffic.Total), (other.Now, other.Traffic.Total));
    }

    private static ManyGroups Settled(int quiesceTicks)
    {
        var run = new ManyGroups(Layout, new ManyGroupsSettings(3, 1, quiesceTicks));
        Assert.NotNull(run.RunUntil(() => run.Led == Groups && run.LedByPreferred == Groups, Limit));
        run.Run(TimeSpan.FromSeconds(2));
        run.Traffic.Clear();
        return run;
    }
}
