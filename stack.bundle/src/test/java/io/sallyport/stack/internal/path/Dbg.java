package io.sallyport.stack.internal.path;
import io.sallyport.stack.internal.support.*;
import java.util.*;
public class Dbg { public static void main(String[] a) throws Exception {
 long seed=Long.parseLong(a[0]); boolean ed=Boolean.parseBoolean(a[1]); int loss=Integer.parseInt(a[2]);
 Random random=new Random(seed);
 var c=Class.forName("io.sallyport.stack.internal.path.StreamModelTest$Editor"); var k=c.getDeclaredConstructor(long.class,boolean.class); k.setAccessible(true); var e=(FakeShims.StreamDecision)k.newInstance(seed,ed);
 Lab lab=new Lab(); lab.shims.isLogging=false; lab.shims.couldMatch=true; lab.shims.stream=e;
 ModelNetwork n=new ModelNetwork(lab,random,loss); n.inside().send(rnd(random)); n.outside().send(rnd(random));
 n.trace = a.length>3 ? Integer.parseInt(a[3]) : 0;
 n.run();
 System.out.println(lab.path.ledger()); System.out.println("drops "+lab.drops.size()+" last "+lab.lastReason()); System.out.println(n.inside()+"\n"+n.outside()); System.out.println("conflicts "+n.conflicts().size());
 Map<Object,Integer> m=new HashMap<>(); lab.drops.forEach(d->m.merge(d.reason(),1,Integer::sum)); System.out.println(m);
}
 static byte[] rnd(Random r){ byte[] b=new byte[r.nextInt(30_000)]; r.nextBytes(b); return b; } }
