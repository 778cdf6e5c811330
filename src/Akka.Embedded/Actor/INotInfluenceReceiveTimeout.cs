namespace Akka.Actor;

/// <summary>A message that does not start the receive timeout anew.</summary>
public interface INotInfluenceReceiveTimeout
{
}
