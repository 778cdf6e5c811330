namespace RaftActors.Values;

/// <summary>The command of an operator that removes the state of an entity. Its key is the id of the entity.</summary>
internal sealed class EntityReset
{
    private EntityReset()
    {
    }

    public static EntityReset Instance { get; } = new();
}
