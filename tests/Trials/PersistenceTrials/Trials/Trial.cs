namespace PersistenceTrials.Trials;

/// <summary>The options of these trials.</summary>
internal sealed class Trial(string work, ParseResult options) : TrialScope(work, options)
{
    public static Option<int> EntitiesOption { get; } = new("--entities")
    {
        Description = "Number of entities of remembered.",
        HelpName = "n",
        DefaultValueFactory = _ => 100_000,
    };

    public int Entities => Options.GetValue(EntitiesOption);
}
