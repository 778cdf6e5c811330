namespace RaftActors.Tests.Engine;

/// <summary>The sharing of a directory by processes, from its opening to its closing.</summary>
public sealed class OpenStoresTests : NodesTest
{
    private readonly OpenStores _room;

    public OpenStoresTests()
        : base("akka.loglevel = INFO") => _room = new OpenStores(Sys);

    private StoreOptions Options => new() { Directory = Folder.Path, SegmentSizeBytes = 1 << 20 };

    [Fact]
    public void Directory_is_opened_for_the_first_process_and_closed_with_the_last()
    {
        var orders = StoreOf(Options, OwnerOf("orders"));
        var users = StoreOf(Options, OwnerOf("users"));

        orders.Dispose();
        Assert.Throws<StoreException>(() => StoreDirectory.Open(Options));

        users.Dispose();
        StoreDirectory.Open(Options).Dispose();
    }

    [Fact]
    public void Processes_that_share_a_directory_share_its_settings()
    {
        using var orders = StoreOf(Options, OwnerOf("orders"));

        var problem = Assert.Throws<RaftConfigurationException>(
            () => StoreOf(Options with { SealAfter = TimeSpan.FromSeconds(9) }, OwnerOf("users")));

        Assert.Contains("names the directory", problem.Message);
    }

    [Fact]
    public void Directory_with_the_log_of_another_node_is_refused_and_closed()
    {
        var own = new StoreOwner("orders", new ProcessName("raft1@node2"));
        OpenAndClose(own);

        var problem = Assert.Throws<RaftConfigurationException>(
            () => StoreOf(Options, new StoreOwner("orders", new ProcessName("raft1@node3"))));

        Assert.Contains("raft1@node3", problem.Message);
        Assert.Contains($"{Folder.Path}: it holds the log of {own}, a process of another node.", problem.Message);
        OpenAndClose(own);
    }

    [Fact]
    public void Directory_is_the_same_however_the_settings_spell_it()
    {
        using var orders = StoreOf(Options, OwnerOf("orders"));

        StoreOf(Options with { Directory = Folder.Path + Path.DirectorySeparatorChar }, OwnerOf("users")).Dispose();
        StoreOf(Options with { Directory = Path.GetRelativePath(".", Folder.Path) }, OwnerOf("carts")).Dispose();
    }

    [Fact]
    public async Task Opening_waits_for_a_directory_that_is_being_closed()
    {
        var processes = Enumerable.Range(0, 4).Select(number => Task.Run(() =>
        {
            for (var life = 0; life < 25; life++)
            {
                StoreOf(Options, OwnerOf($"group{number}")).Dispose();
            }
        }));

        await Task.WhenAll(processes);
    }

    [Fact]
    public void Permission_to_use_a_shared_directory_is_warned_about()
    {
        EventFilter.Warning(start: $"raft.store.allow-shared-directory is on for {Folder.Path}: every user")
            .ExpectOne(() => StoreOf(Options with { AllowSharedDirectory = true }, OwnerOf("orders")).Dispose());
    }

    [Fact]
    public void Log_in_memory_is_logged_where_the_group_has_one_node()
    {
        EventFilter.Info(start: "raft1@node1 of group orders keeps its log in memory")
            .ExpectOne(() => Assert.IsType<MemoryStore>(StoreOf(Options with { Directory = "" }, OwnerOf("orders"))));
    }

    [Fact]
    public void Log_in_memory_is_a_warning_where_the_group_spans_nodes()
    {
        EventFilter.Warning(start: "raft1@node1 of group orders keeps its log in memory")
            .ExpectOne(() => Assert.IsType<MemoryStore>(StoreOf(Options with { Directory = "" }, OwnerOf("orders"), spansNodes: true)));
    }

    [Fact]
    public void Reports_of_a_store_from_before_the_engines_start_wait_for_it()
    {
        var store = new ScriptedStore();
        var (hosted, _) = HostedStore.Open(store, OwnerOf("orders"), []);
        store.TellSpace(isShort: true);

        hosted.MeetEngine(TestActor);
        store.TellSpace(isShort: false);

        ExpectMsg(new StoreNews.Space(true));
        ExpectMsg(new StoreNews.Space(false));
    }

    private IRaftStore StoreOf(StoreOptions options, StoreOwner owner, bool spansNodes = false) =>
        _room.StoreOf(options, owner, spansNodes);

    private void OpenAndClose(StoreOwner owner)
    {
        using var store = StoreOf(Options, owner);
        HostedStore.Open(store, owner, []);
    }

    private static StoreOwner OwnerOf(string group) => new(group, new ProcessName("raft1@node1"));
}
